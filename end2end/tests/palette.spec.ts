import { expect, test } from "../keyline/fixtures.ts";

test.describe("the command palette", { tag: "@wasm" }, () => {
  test.beforeEach(async ({ apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await tenant.createKey("Nightly export");
    await apiKeys.enter();
  });

  test("goes to sections and keys by the keyboard", async ({ page, apiKeys }) => {
    const palette = page.getByTestId("palette");
    const field = palette.getByRole("combobox", { name: "Search or jump to" });
    const options = palette.getByRole("option");
    const current = palette.locator("[aria-selected=true]");
    await page.keyboard.press("Control+k");
    await expect(palette).toBeVisible();
    await expect(field).toBeFocused();
    await expect(palette.getByRole("group", { name: "Go to" })).toContainText("Activity Log");
    await expect(palette.getByRole("group", { name: "Actions" })).toContainText("Create API Key in Production");
    await expect(options.first()).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("ArrowUp");
    await expect(options.last()).toHaveAttribute("aria-selected", "true");
    await expect(field).toHaveAttribute("aria-activedescendant", (await options.last().getAttribute("id"))!);
    await page.keyboard.press("ArrowDown");
    await expect(options.first()).toHaveAttribute("aria-selected", "true");
    await field.fill("activity");
    await expect(options).toHaveText(["Activity Log"]);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Activity Log", level: 1 })).toBeVisible();

    await apiKeys.ready();
    await page.keyboard.press("Meta+k");
    await field.pressSequentially("bil");
    await expect(palette.getByRole("group", { name: "Keys" })).toContainText("Billing sync");
    await expect(apiKeys.announcer).toHaveText("1 result");
    await expect(current).toContainText("Billing sync");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Billing sync", level: 1 })).toBeVisible();
  });

  test("acts, says when nothing matches, and gives the focus back", async ({ page, apiKeys }) => {
    const palette = page.getByTestId("palette");
    const button = page.getByRole("button", { name: "Search or jump to…" });
    await button.press("Space");
    await expect(palette).toBeVisible();
    await page.keyboard.type("zzzz");
    await expect(palette).toContainText("Nothing matches “zzzz”.");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await expect(palette).toBeHidden();
    await expect(button).toBeFocused();
    await button.click();
    await page.keyboard.type("create");
    await palette.getByRole("option", { name: "Create API Key in Production" }).click();
    await expect(apiKeys.question.getByRole("heading", { name: "Create API Key" })).toBeVisible();
    await page.keyboard.press("Control+k");
    await expect(palette, "nothing opens over a dialog").toBeHidden();
  });
});

test("without script there is a page", { tag: "@plain" }, async ({ page, apiKeys, tenant }) => {
  const key = await tenant.createKey("Billing sync");
  await apiKeys.enter();
  await page.getByRole("link", { name: "Search or jump to…" }).click();
  await page.getByRole("searchbox", { name: "Search or jump to" }).fill("bill");
  await page.getByRole("main").getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/\/search\?q=bill$/);
  await page.getByRole("link", { name: "Billing sync" }).click();
  await expect(page.getByRole("main")).toContainText(key.client_id);
});
