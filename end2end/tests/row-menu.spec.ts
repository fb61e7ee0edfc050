import { expect, test } from "../keyline/fixtures.ts";

test.describe("the menu of a row", { tag: "@wasm" }, () => {
  test.beforeEach(async ({ apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await tenant.createKey("Nightly export");
    await apiKeys.enter();
  });

  test("moves by arrows, Home and End, and gives the focus back at Esc", async ({ page, apiKeys }) => {
    const button = apiKeys.menuButton("Billing sync");
    const items = page.getByRole("menu").getByRole("menuitem");
    const [first, second, last] = [items.first(), items.nth(1), items.last()];
    await expect(button).toHaveAttribute("aria-haspopup", "menu");
    await button.press("Enter");
    await expect(page.getByRole("menu")).toBeVisible();
    await expect(first).toBeFocused();
    await expect(first).toHaveText("View details");
    await expect(last).toHaveText("Remove…");
    for (const [key, item] of [
      ["ArrowDown", second],
      ["ArrowUp", first],
      ["ArrowUp", last],
      ["ArrowDown", first],
      ["End", last],
      ["Home", first],
    ] as const) {
      await page.keyboard.press(key);
      await expect(item, key).toBeFocused();
    }
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toBeHidden();
    await expect(button).toBeFocused();

    await page.keyboard.press("Space");
    await expect(first).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Billing sync", level: 1 })).toBeVisible();
  });

  test("opens at either end with an arrow and closes at Tab", async ({ page, apiKeys }) => {
    const button = apiKeys.menuButton("Nightly export");
    await button.press("ArrowDown");
    await expect(apiKeys.menuItem("View details")).toBeFocused();
    await page.keyboard.press("Escape");
    await button.press("ArrowUp");
    await expect(apiKeys.menuItem("Remove…")).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("menu")).toBeHidden();
    await expect(page.locator(":focus")).toHaveCount(1);
  });

  test("is one at a time and closes at a click elsewhere", async ({ page, apiKeys }) => {
    await apiKeys.menuButton("Billing sync").click();
    await expect(page.getByRole("menu")).toHaveCount(1);
    await apiKeys.menuButton("Nightly export").click();
    await expect(page.getByRole("menu")).toHaveCount(1);
    await page.getByRole("heading", { name: "API Keys", level: 1 }).click();
    await expect(page.getByRole("menu")).toHaveCount(0);
  });

  test("still works after the list was shown anew", async ({ page, apiKeys }) => {
    await apiKeys.search.fill("Nightly");
    await expect(apiKeys.rows).toHaveCount(1);
    await apiKeys.menuButton("Nightly export").press("ArrowUp");
    await expect(apiKeys.menuItem("Remove…")).toBeFocused();
    await expect(page.getByRole("menu")).toBeVisible();
  });
});
