import type { Page } from "@playwright/test";

import { expect, test } from "../keyline/fixtures.ts";

/** What a screen reader says of the element that has the focus. */
interface Spoken {
  role: string;
  name: string;
  description: string;
  required: boolean;
  value: string;
}

/** Reads the browser's own accessibility tree, as assistive technology does. */
async function spoken(page: Page): Promise<Spoken> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", { expression: "document.activeElement" });
  const { nodes } = await session.send("Accessibility.getPartialAXTree", {
    objectId: result.objectId!,
    fetchRelatives: false,
  });
  await session.detach();
  const node = nodes[0]!;
  const property = (name: string) => node.properties?.find((property) => property.name === name)?.value.value as unknown;
  const text = (value?: { value?: unknown }) => String(value?.value ?? "").trim();
  return {
    role: text(node.role),
    name: text(node.name),
    description: text(node.description),
    required: property("required") === true,
    value: text(node.value),
  };
}

/** "3 of 6": where the focused radio button or menu item stands among its like. */
const position = (page: Page) =>
  page.evaluate(() => {
    const focused = document.activeElement as HTMLElement;
    const like =
      focused instanceof HTMLInputElement
        ? [...focused.form!.querySelectorAll<HTMLElement>(`input[name=${focused.name}]`)]
        : [...focused.closest("[popover]")!.querySelectorAll<HTMLElement>("[role=menuitem]")];
    return `${like.indexOf(focused) + 1} of ${like.length}`;
  });

test("what is heard from the first Tab to the question before removal", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
  await tenant.set("--kinds", "token", "--self-service", "off");
  await apiKeys.enter();
  const press = (key: string) => page.keyboard.press(key);
  const focused = page.locator(":focus");

  await press("Tab");
  expect(await spoken(page)).toMatchObject({ role: "link", name: "Skip to content" });
  await press("Enter");
  await press("Tab");
  expect(await spoken(page)).toMatchObject({ role: "link", name: "Create API Key" });
  await press("Enter");

  await expect(page.getByRole("dialog", { name: "Create API Key" })).toBeVisible();
  expect(await spoken(page)).toMatchObject({
    role: "textbox",
    name: "Name",
    description: "What will use it? For example: Billing sync.",
    required: true,
  });
  await page.keyboard.type("Billing sync");
  await press("Tab");
  expect(await spoken(page)).toMatchObject({ role: "textbox", name: "Description (optional)" });
  await press("Tab");
  const ninety = await spoken(page);
  expect(ninety.role).toBe("radio");
  expect(ninety.name).toMatch(/^90 days \d{1,2} \p{L}+ \d{4}$/u);
  expect(await position(page)).toBe("3 of 6");
  await expect(page.getByRole("group", { name: "Expiration" }).locator(":focus")).toBeChecked();
  await press("ArrowDown");
  expect(await position(page)).toBe("4 of 6");
  await press("ArrowUp");
  await expect(focused).toBeChecked();
  await press("Tab");
  if ((await spoken(page)).name === "Cancel") await press("Tab");
  expect(await spoken(page)).toMatchObject({ role: "button", name: "Create API Key" });

  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/_fn/create_key", async (route) => {
    await held;
    await route.continue();
  });
  await press("Enter");
  await expect(focused).toHaveText("Creating…");
  await expect(focused).toHaveAttribute("aria-disabled", "true");
  release();

  await expect(focused).toHaveText("API key created");
  expect((await spoken(page)).role).toBe("heading");
  await press("Tab");
  const field = await spoken(page);
  expect(field).toMatchObject({ role: "textbox", name: "API key" });
  expect(field.value).toMatch(/^kl_production_/);
  await press("Tab");
  expect(await spoken(page)).toMatchObject({ role: "button", name: "Hide" });
  await press("Tab");
  expect(await spoken(page)).toMatchObject({ role: "button", name: "Copy key" });
  await press("Enter");
  await expect(apiKeys.announcer).toHaveText("API key copied");
  await apiKeys.done.focus();
  await press("Enter");
  await expect(focused).toHaveText("Billing sync");
  expect(await spoken(page)).toMatchObject({ role: "link", name: "Billing sync" });
  await expect(apiKeys.announcer).toHaveText("Billing sync was added to Production.");

  await apiKeys.menuButton("Billing sync").focus();
  expect(await spoken(page)).toMatchObject({ role: "button", name: "Actions for Billing sync" });
  await expect(focused).toHaveAttribute("aria-haspopup", "menu");
  await press("Enter");
  await expect(focused).toHaveText("View details");
  expect((await spoken(page)).role).toBe("menuitem");
  expect(await position(page)).toBe("1 of 6");
  await press("End");
  await expect(focused).toHaveText("Remove…");
  expect(await position(page)).toBe("6 of 6");
  await press("Enter");
  const alert = page.getByRole("alertdialog", { name: "Remove “Billing sync”?" });
  await expect(alert).toHaveAccessibleDescription(/^It stops working/);
  await expect(focused).toHaveText("Cancel");
});

test("rows: sorted by their headings, read by their cells", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
  await tenant.createKey("Nightly export");
  await tenant.createKey("Billing sync");
  await apiKeys.enter();
  const table = page.getByRole("table", { name: /^API keys in Production, 1 to 2 of 2, sorted by date created, newest first\./ });
  await expect(table).toBeVisible();
  await expect(table.locator("[aria-sort]")).toHaveCount(1);
  await table.getByRole("link", { name: "Key", exact: true }).press("Enter");
  await expect(page.getByRole("columnheader", { name: "Key", exact: true })).toHaveAttribute("aria-sort", "ascending");
  await expect(page.getByRole("table", { name: /sorted by name, A to Z/ })).toBeVisible();
  await apiKeys.ready();
  await expect(page.getByRole("rowheader")).toHaveText(["Billing sync", "Nightly export"]);
  await expect(apiKeys.row("Billing sync").getByRole("checkbox", { name: "Select Billing sync" })).toBeVisible();

  // The focus goes to the next row, from the last row to the one before, and from the only row to the heading.
  const remove = async (name: string) => {
    await apiKeys.askToRemove(name);
    await page.getByRole("button", { name: "Remove key" }).press("Enter");
    await expect(apiKeys.announcer).toHaveText(`${name} was removed.`);
  };
  await remove("Billing sync");
  await expect(apiKeys.menuButton("Nightly export")).toBeFocused();
  await remove("Nightly export");
  await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeFocused();
});
