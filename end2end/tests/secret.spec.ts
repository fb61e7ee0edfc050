import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { expect, test } from "../keyline/fixtures.ts";

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** Everything a page could have kept: its markup, its fields, its address and the browser's stores. */
async function remains(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const fields = [...document.querySelectorAll<HTMLInputElement>("input, textarea")].map((field) => field.value);
    const databases = await indexedDB.databases();
    const caches = await window.caches.keys();
    const stores = { ...localStorage, ...sessionStorage };
    return JSON.stringify([
      document.documentElement.outerHTML, fields, location.href, history.state, stores, databases, caches, document.cookie,
    ]);
  });
}

test.describe("the secret in the dialog", { tag: "@wasm" }, () => {
  test.beforeEach(({ apiKeys }) => apiKeys.enter());

  test("comes after a heading with the focus and can be copied", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    await expect(page.getByRole("dialog", { name: "API key created" })).toBeVisible();
    await expect(apiKeys.question.getByRole("heading", { name: "API key created" })).toBeFocused();
    await apiKeys.secret.focus();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(secret);
    const copy = apiKeys.question.locator("[data-copy=secret]");
    await expect(copy).toHaveText("Copy key");
    await copy.click();
    await expect(copy).toHaveText("Copied");
    await expect(apiKeys.announcer).toHaveText("API key copied");
    expect(await clipboard(page)).toBe(secret);
    await expect(copy).toHaveText("Copy key");
  });

  test("of a key sent as it is stands alone", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Warehouse loader", use: "Send it as it is" });
    await expect(apiKeys.field("API key")).toHaveValue(secret);
    await apiKeys.question.getByRole("button", { name: "Copy .env" }).click();
    await expect(apiKeys.announcer).toHaveText(".env copied");
    expect(await clipboard(page)).toBe(`KEYLINE_API_KEY=${secret}\n`);
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    await apiKeys.done.click();
    await expect(apiKeys.cell("Warehouse loader", "Type")).toContainText("API token");
  });

  test("is kept when someone closes without saving it", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    const keep = apiKeys.guard.getByRole("button", { name: "Keep open" });
    await apiKeys.done.click();
    await expect(apiKeys.guard).toContainText("You haven't copied this key.");
    await expect(keep).toBeFocused();
    await keep.click();
    await expect(apiKeys.guard).toBeHidden();

    // The browser closes a dialog at the second Esc, whatever the page says.
    for (let press = 0; press < 3; press++) {
      await page.keyboard.press("Escape");
      await expect(apiKeys.guard).toBeVisible();
      await expect(apiKeys.secret).toHaveValue(secret);
    }
    await page.evaluate(() => history.back());
    await expect(apiKeys.guard).toBeVisible();
    await expect(page).toHaveURL(`${apiKeys.path}/new`);
    await page.mouse.click(5, 5);
    await expect(apiKeys.secret).toHaveValue(secret);

    await apiKeys.guard.getByRole("button", { name: "Close without copying" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(apiKeys.row("Billing sync")).toBeVisible();
    expect(await remains(page)).not.toContain(secret);
  });

  test("of a rotation is shown in the question's place, guarded, and gone afterwards", async ({ page, apiKeys, tenant }) => {
    const { client_id } = await tenant.createKey("Billing sync");
    await apiKeys.open();
    await apiKeys.ask("Billing sync", "Rotate…");
    await apiKeys.question.getByRole("button", { name: "Rotate key" }).click();
    const dialog = page.getByRole("dialog", { name: "New secret for “Billing sync”" });
    await expect(dialog.getByRole("heading", { name: "New secret for “Billing sync”" })).toBeFocused();
    const secret = await apiKeys.secret.inputValue();
    await expect(dialog.getByRole("tab", { name: ".env" })).toHaveAttribute("aria-selected", "true");
    for (let press = 0; press < 3; press++) {
      await page.keyboard.press("Escape");
      await expect(apiKeys.guard).toContainText("If you close now, you'll have to rotate it again.");
      await expect(apiKeys.secret).toHaveValue(secret);
    }
    await page.evaluate(() => history.back());
    await expect(page).toHaveURL(`${apiKeys.path}/${client_id}/rotate`);
    await apiKeys.guard.getByRole("button", { name: "Keep open" }).click();
    await apiKeys.save();
    expect(await clipboard(page)).toBe(secret);
    await apiKeys.done.click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(apiKeys.path);
    await expect(apiKeys.cell("Billing sync", "Status")).toContainText("Rotating · old secret ends in");
    await expect(apiKeys.menuButton("Billing sync")).toBeFocused();
    expect(await remains(page)).not.toContain(secret);
  });

  test("keeps the page from being left until it is saved", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    const asked: string[] = [];
    page.on("dialog", async (dialog) => {
      asked.push(dialog.type());
      await dialog.dismiss();
    });
    await page.evaluate(() => location.assign("/"));
    await expect.poll(() => asked).toEqual(["beforeunload"]);
    await expect(apiKeys.secret).toHaveValue(secret);
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    await page.goto("/sign-in");
    await expect(page).toHaveURL(apiKeys.path);
    expect(asked).toHaveLength(1);
  });

  test("can be hidden from onlookers and copied all the same", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    const hide = apiKeys.question.getByRole("button", { name: "Hide" });
    await hide.click();
    await expect(apiKeys.secret).toHaveCSS("-webkit-text-security", "disc");
    for (const text of await apiKeys.question.locator(".secret-text").all()) {
      await expect(text).toHaveCSS("-webkit-text-security", "disc");
    }
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    expect(await clipboard(page)).toBe(secret);
    await apiKeys.question.getByRole("button", { name: "Show" }).click();
    await expect(hide).toBeVisible();
    await expect(apiKeys.secret).toHaveCSS("-webkit-text-security", "none");
  });

  test("stands in the .env lines and not in the command", async ({ page, apiKeys, server }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    const clientId = await apiKeys.clientId.inputValue();
    const tab = (name: string) => apiKeys.question.getByRole("tab", { name });
    await expect(tab(".env")).toHaveAttribute("aria-selected", "true");
    await expect(apiKeys.question.getByRole("tabpanel")).toHaveText(
      new RegExp(`KEYLINE_CLIENT_ID=${clientId}\\s+KEYLINE_CLIENT_SECRET=${secret}`),
    );
    await tab(".env").press("ArrowRight");
    await expect(tab("curl")).toBeFocused();
    await expect(tab("curl")).toHaveAttribute("aria-selected", "true");
    const command = apiKeys.question.getByRole("tabpanel");
    await expect(command).toContainText(`${server.origin}/oauth/token`);
    await expect(command).toContainText("Between 30 and 3600 seconds.");
    await expect(command).not.toContainText(secret);
    await apiKeys.question.getByRole("button", { name: "Copy command" }).click();
    await expect(apiKeys.announcer).toHaveText("Command copied");
    expect(await clipboard(page)).toContain("$KEYLINE_CLIENT_SECRET");
    await tab("curl").press("ArrowRight");
    await expect(tab("Key")).toBeFocused();
    await expect(apiKeys.question.getByRole("tabpanel").locator("code")).toHaveText(secret);
    await apiKeys.done.click();
    await expect(apiKeys.guard, "a copied command saves no secret").toBeVisible();
  });

  test("is put into the command where that is wanted, and taken out again", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    const clientId = await apiKeys.clientId.inputValue();
    await apiKeys.question.getByRole("tab", { name: "curl" }).click();
    const command = apiKeys.question.getByRole("tabpanel").locator("code").first();
    const insert = apiKeys.question.getByRole("switch", { name: "Put my key in the command" });
    await expect(insert).not.toBeChecked();
    await insert.check();
    await expect(command).toContainText(`-u "${clientId}:${secret}"`);
    await apiKeys.question.getByRole("button", { name: "Hide" }).click();
    await expect(command).toHaveCSS("-webkit-text-security", "disc");
    await insert.uncheck();
    await expect(command).not.toContainText(secret);
    await insert.check();
    await apiKeys.question.getByRole("button", { name: "Copy command" }).click();
    await expect(apiKeys.announcer).toHaveText("Command copied");
    expect(await clipboard(page)).toContain(secret);
    await apiKeys.done.click();
    await expect(page.getByRole("dialog"), "the command holds the secret, so it is saved").toBeHidden();
    expect(await remains(page)).not.toContain(secret);
  });

  test("is copied together with its client ID", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    const clientId = await apiKeys.clientId.inputValue();
    await apiKeys.question.getByRole("button", { name: "Copy both" }).click();
    await expect(apiKeys.announcer).toHaveText("Client ID and client secret copied");
    expect(await clipboard(page)).toBe(`KEYLINE_CLIENT_ID=${clientId}\nKEYLINE_CLIENT_SECRET=${secret}\n`);
    await apiKeys.done.click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(apiKeys.row("Billing sync")).toBeVisible();
    await apiKeys.createKey({ name: "Warehouse loader", use: "Send it as it is" });
    await expect(apiKeys.question.getByRole("button", { name: "Copy both" })).toBeHidden();
  });

  test("can be downloaded, which saves it", async ({ page, apiKeys, tenant }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync (EU)" });
    const clientId = await apiKeys.clientId.inputValue();
    const download = page.waitForEvent("download");
    await apiKeys.question.getByRole("button", { name: "Download .env" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`${tenant.slug}-production-billing-sync-eu.env`);
    const lines = `KEYLINE_CLIENT_ID=${clientId}\nKEYLINE_CLIENT_SECRET=${secret}\n`;
    expect(await readFile(await file.path(), "utf8")).toBe(lines);
    await apiKeys.done.click();
    await expect(page.getByRole("dialog")).toBeHidden();
  });

  test("is copied the old way where the clipboard is closed", async ({ page, apiKeys }) => {
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("closed", "NotAllowedError"));
    });
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    expect(await clipboard(page)).toBe(secret);
  });

  test("is selected for copying by hand where nothing else works", async ({ page, apiKeys }) => {
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("closed", "NotAllowedError"));
      document.execCommand = () => false;
    });
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(
      apiKeys.question.getByText("Copying was blocked. The key is selected — press Ctrl+C (⌘C on a Mac)."),
    ).toBeVisible();
    await expect(apiKeys.secret).toBeFocused();
    await page.keyboard.press("ControlOrMeta+c");
    expect(await clipboard(page)).toBe(secret);
    await apiKeys.done.click();
    await expect(page.getByRole("dialog"), "the whole field was copied").toBeHidden();
  });

  test("is gone from the page, its address and its history after Done", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    expect(await remains(page)).toContain(secret);
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    await apiKeys.done.click();

    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" })).toBeFocused();
    await expect(apiKeys.announcer).toHaveText("Billing sync was added to Production.");
    await expect(page).toHaveURL(apiKeys.path);
    expect(await remains(page)).not.toContain(secret);

    await apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" }).click();
    await expect(page.getByRole("heading", { name: "Billing sync", level: 1 })).toBeVisible();
    expect(await remains(page)).not.toContain(secret);
    for (let steps = 0; steps < 2; steps++) {
      await page.goBack();
      await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
      await expect(page.getByRole("dialog")).toBeHidden();
      expect(await remains(page)).not.toContain(secret);
    }
  });

  test("is wiped when the page is left with it on screen", async ({ page, apiKeys }) => {
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    await page.goto("/sign-in");
    await page.goBack();
    expect(await remains(page)).not.toContain(secret);
    await page.goForward();
    expect(await remains(page)).not.toContain(secret);
  });
});

test.describe("the secret on a page of its own", { tag: "@wasm" }, () => {
  test("can be copied and is guarded too", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    await apiKeys.open("/new");
    const main = page.getByRole("main");
    await main.getByRole("textbox", { name: "Name" }).fill("Billing sync");
    await main.getByRole("button", { name: "Create API Key" }).click();
    await apiKeys.ready();
    await expect(main.getByRole("heading", { name: "API key created" })).toBeVisible();
    const secret = await main.getByTestId("secret-field").inputValue();
    await main.getByRole("link", { name: "Done" }).click();
    await expect(main.getByTestId("secret-guard")).toBeVisible();
    await main.getByRole("button", { name: "Keep open" }).click();
    await main.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    expect(await clipboard(page)).toBe(secret);

    await main.getByRole("link", { name: "Done" }).click();
    await expect(apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" })).toBeFocused();
    await expect(apiKeys.announcer).toHaveText("Billing sync was added to Production.");
    expect(await remains(page)).not.toContain(secret);
  });
});
