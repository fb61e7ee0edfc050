import { expect, test } from "../keyline/fixtures.ts";

test.describe("the list with script", { tag: "@wasm" }, () => {
  test.beforeEach(async ({ apiKeys, tenant }) => {
    await tenant.createKey("Billing sync", "--expires-in-days", "7");
    await tenant.createKey("Nightly export", "--no-expiry");
    await tenant.createKey("Billing archive", "--kind", "token");
    await apiKeys.enter();
  });

  test("searches while someone types, without leaving the page or the field", async ({ page, apiKeys }) => {
    const started = await page.evaluate(() => performance.timeOrigin);
    await apiKeys.search.pressSequentially("billing");
    await expect(apiKeys.announcer).toHaveText("2 keys match");
    await expect(apiKeys.rows).toHaveCount(2);
    await expect(apiKeys.search).toBeFocused();
    await expect(page).toHaveURL(/\?q=billing&/);
    await apiKeys.search.pressSequentially(" sync");
    await expect(apiKeys.announcer).toHaveText("1 key matches");
    await expect(apiKeys.search).toHaveValue("billing sync");
    await apiKeys.search.fill("nothing like it");
    await expect(page.getByRole("heading", { name: "No keys match “nothing like it”" })).toBeVisible();
    await expect(apiKeys.announcer).toHaveText("No keys match");
    await apiKeys.search.fill("");
    await expect(apiKeys.rows).toHaveCount(3);
    expect(await page.evaluate(() => performance.timeOrigin), "the same document").toBe(started);

    await apiKeys.search.fill("nightly");
    await expect(apiKeys.rows).toHaveCount(1);
    await page.reload();
    await expect(apiKeys.search).toHaveValue("nightly");
    await expect(apiKeys.rows).toHaveCount(1);
  });

  test("filters at a choice", async ({ page, apiKeys, tenant }) => {
    await tenant.revokeKey(await tenant.createKey("Old CI"));
    const status = page.getByRole("combobox", { name: "Status" });
    await status.focus();
    await status.selectOption("Removed");
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(apiKeys.row("Old CI")).toBeVisible();
    await expect(apiKeys.announcer).toHaveText("1 key matches");
    await expect(status).toBeFocused();
    await expect(apiKeys.menuButton("Old CI")).toBeVisible();
  });

  test("sorts and turns pages where it is, with the focus", async ({ page, apiKeys, tenant }) => {
    const byName = page.getByRole("columnheader", { name: "Key" }).getByRole("link");
    for (const order of ["ascending", "descending"]) {
      await byName.focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("columnheader", { name: "Key" })).toHaveAttribute("aria-sort", order);
      await expect(byName).toBeFocused();
      await expect(apiKeys.announcer).toHaveText("3 keys match");
    }
    for (let number = 1; number <= 23; number++) await tenant.createKey(`Worker ${number}`);
    await apiKeys.open("?per=25");
    const started = await page.evaluate(() => performance.timeOrigin);
    const pages = page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("link", { name: "Next" }).press("Enter");
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(pages.getByRole("link", { name: "Previous" })).toBeFocused();
    await page.goBack();
    await expect(apiKeys.rows).toHaveCount(25);
    expect(await page.evaluate(() => performance.timeOrigin), "the same document").toBe(started);
  });

  test("shows another page from its beginning", async ({ page, apiKeys, tenant }) => {
    for (let number = 1; number <= 23; number++) await tenant.createKey(`Worker ${number}`);
    await apiKeys.open("?per=25");
    const pages = page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("link", { name: "Next" }).click();
    await expect(apiKeys.rows).toHaveCount(1);
    await pages.getByRole("link", { name: "Previous" }).click();
    await expect(apiKeys.rows).toHaveCount(25);
    await expect(apiKeys.rows.first()).toBeInViewport();
  });

  test("clears its filters in place, with the focus on the search", async ({ page, apiKeys }) => {
    const started = await page.evaluate(() => performance.timeOrigin);
    await apiKeys.search.fill("nothing like it");
    await page.getByRole("link", { name: "Clear filters" }).press("Enter");
    await expect(apiKeys.rows).toHaveCount(3);
    await expect(apiKeys.search).toBeFocused();
    await expect(apiKeys.search).toHaveValue("");
    expect(await page.evaluate(() => performance.timeOrigin), "the same document").toBe(started);
  });

  test("follows Back through orders and searches", async ({ page, apiKeys }) => {
    const names = apiKeys.rows.locator(".key-name a");
    await page.getByRole("columnheader", { name: "Key" }).getByRole("link").click();
    await expect(names).toHaveText(["Billing archive", "Billing sync", "Nightly export"]);
    await apiKeys.ready();
    await apiKeys.search.fill("sync");
    await expect(names).toHaveText(["Billing sync"]);
    await apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" }).click();
    await expect(page.getByRole("heading", { name: "Billing sync", level: 1 })).toBeVisible();
    await page.goBack();
    await expect(names).toHaveText(["Billing sync"]);
    await expect(apiKeys.search).toHaveValue("sync");
    await page.goBack();
    await expect(names).toHaveText(["Billing archive", "Nightly export", "Billing sync"]);
  });

  test("follows Back also before it is alive", async ({ page, apiKeys, watch }) => {
    watch.expect(/ERR_FAILED|Failed to fetch/);
    const names = apiKeys.rows.locator(".key-name a");
    await page.getByRole("columnheader", { name: "Key" }).getByRole("link").click();
    await expect(names).toHaveText(["Billing archive", "Billing sync", "Nightly export"]);
    await page.route("**/*.wasm", (route) => route.abort());
    await page.reload();
    await expect(names).toHaveText(["Billing archive", "Billing sync", "Nightly export"]);
    await page.goBack();
    await expect(names).toHaveText(["Billing archive", "Nightly export", "Billing sync"]);
  });

  test("copies a client ID", async ({ page, apiKeys }) => {
    await page.getByRole("button", { name: "Copy client ID of Nightly export" }).click();
    await expect(apiKeys.announcer).toHaveText("Client ID copied");
    const clientId = await page.evaluate(() => navigator.clipboard.readText());
    await expect(apiKeys.cell("Nightly export", "Client ID")).toContainText(clientId);
  });
});
