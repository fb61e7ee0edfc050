import type { Page } from "@playwright/test";

/** How far anything reaches beyond the page, or beyond the dialog that is open, in CSS pixels. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const beyondPage = document.documentElement.scrollWidth - document.body.clientWidth;
    const dialogs = [...document.querySelectorAll("dialog[open]")];
    return Math.max(beyondPage, ...dialogs.map((dialog) => dialog.scrollWidth - dialog.clientWidth));
  });
}

/**
 * Makes what the product says 40 % longer, as another language would: vowels are doubled and accented. Machine values
 * stay, since nobody translates them. What is long already stays too.
 */
export async function lengthen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const longer: Record<string, string> = { a: "áa", e: "ée", i: "íi", o: "óo", u: "úu", A: "Áa", E: "Ée", I: "Íi", O: "Óo", U: "Úu" };
    const untranslated = "script, style, template, textarea, bdi, code, [translate=no], .mono, [data-own]";
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (!node.parentElement?.closest(untranslated) && !/[áéíóúÁÉÍÓÚ]/.test(node.nodeValue ?? "")) {
        node.nodeValue = (node.nodeValue ?? "").replace(/[aeiou]/gi, (vowel) => longer[vowel] ?? vowel);
      }
    }
  });
}

/** What is wider than its own box, or cut off at its edge without saying so, as markup. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shortened = (element: Element) => {
      const { overflowX, textOverflow } = getComputedStyle(element);
      return textOverflow === "ellipsis" || overflowX === "auto" || overflowX === "scroll";
    };
    const said = [...document.querySelectorAll("button, .button, [role=tab], [role=menuitem], label, legend, th, td, dt, dd, h1, h2, h3, p, li")];
    return said
      .filter((element) => element.checkVisibility() && !element.closest(".sr-only") && !element.querySelector(".sr-only"))
      .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && !shortened(element))
      .map((element) => element.outerHTML.slice(0, 200));
  });
}
