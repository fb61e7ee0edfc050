import { expect, test } from "../keyline/fixtures.ts";

test.describe("the frame", { tag: "@wasm" }, () => {
  test.beforeEach(async ({ apiKeys, tenant }) => {
    for (let number = 1; number <= 20; number++) await tenant.createKey(`Worker ${number}`);
    await apiKeys.enter();
  });

  test("gives the focus back after the way past its navigation", async ({ page, apiKeys }) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(apiKeys.field("Name")).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page).toHaveURL(apiKeys.path);
    await expect(apiKeys.create).toBeFocused();
  });

  test("has menus that close when the focus leaves them", async ({ page }) => {
    const button = page.getByRole("button", { name: /Switch organization or environment/ });
    const last = page.locator("#place-menu").getByRole("link").last();
    await button.press("Enter");
    await expect(last).toBeVisible();
    await last.focus();
    await page.keyboard.press("Tab");
    await expect(last).toBeHidden();
    await expect(page.locator(":focus")).toBeInViewport();
  });

  test("moves no page for what has the focus in it", async ({ page }) => {
    await page.getByRole("link", { name: "Help", exact: true }).focus();
    await page.keyboard.press("Tab");
    await expect(page.locator(".person-button")).toBeFocused();
    expect(await page.evaluate(() => scrollY)).toBe(0);
  });
});

test("a box of a row is not a button", async ({ page, apiKeys, tenant, world }) => {
  await tenant.createKey("Billing sync");
  await apiKeys.enter();
  const box = page.getByRole("checkbox", { name: "Select Billing sync" });
  await box.press("Enter");
  await box.check();
  await box.press("Enter");
  await expect(page).toHaveURL(apiKeys.path);
  await expect(apiKeys.cell("Billing sync", "Status")).toHaveText("Active");
  if (world === "script") await expect(box).toBeChecked();
});

test("the list can be sorted where its headings have no room", async ({ page, apiKeys, tenant, world }) => {
  for (const name of ["Nightly export", "Billing sync"]) await tenant.createKey(name);
  await page.setViewportSize({ width: 320, height: 640 });
  await apiKeys.enter();
  const names = apiKeys.rows.locator(".key-name a");
  await expect(names).toHaveText(["Billing sync", "Nightly export"]);
  await page.getByRole("combobox", { name: "Sort by" }).selectOption("Name, Z to A");
  if (world !== "script") await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(names).toHaveText(["Nightly export", "Billing sync"]);
  await expect(page.getByRole("combobox", { name: "Sort by" })).toHaveValue("name.desc");
});
