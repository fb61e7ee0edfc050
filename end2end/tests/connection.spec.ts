import { expect, test } from "../keyline/fixtures.ts";

const OFFLINE = "You're offline. What you see may be out of date; changes will wait until you reconnect.";

test.describe("without a connection", { tag: "@wasm" }, () => {
  test("nothing is sent, and what was typed stays", async ({ page, context, apiKeys, tenant }) => {
    const key = await tenant.createKey("Billing sync");
    await apiKeys.enter();
    const bar = page.getByTestId("offline-bar");
    await expect(bar).toBeHidden();
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Nightly export" });
    await context.setOffline(true);
    await expect(bar).toHaveText(OFFLINE);
    await apiKeys.submit.click();
    await expect(apiKeys.question.getByRole("alert")).toHaveText(OFFLINE);
    await expect(apiKeys.field("Name")).toHaveValue("Nightly export");
    await context.setOffline(false);
    await expect(bar).toBeHidden();
    await expect(apiKeys.question.getByRole("alert")).toHaveCount(0);
    await apiKeys.submit.click();
    await expect(apiKeys.secret).toBeVisible();

    await apiKeys.open(`/${key.client_id}/suspend`);
    await context.setOffline(true);
    await page.getByRole("button", { name: "Suspend key" }).click();
    await expect(page.getByRole("main").getByText(OFFLINE)).toBeVisible();
    await expect(page.getByRole("heading", { name: "Suspend “Billing sync”?" })).toBeVisible();
    await context.setOffline(false);
  });

  test("a list that does not come is said, and can be tried again", async ({ page, apiKeys, tenant, watch }) => {
    watch.expect(/status of 500/);
    await tenant.createKey("Billing sync");
    await tenant.createKey("Nightly export");
    await apiKeys.enter();
    const answer = { status: 500, contentType: "text/html", body: '<main>Reference <span data-reference>01JD</span>.</main>' };
    await page.route(/\?q=billing/, (route) => route.fulfill(answer));
    await apiKeys.search.fill("billing");
    const failure = page.getByRole("alert").filter({ hasText: "We couldn't load your keys" });
    await expect(failure).toContainText("Nothing has changed. Try again, or contact support with reference 01JD.");
    await expect(apiKeys.rows, "rows stay").toHaveCount(2);
    await expect(apiKeys.search).toHaveValue("billing");
    await page.unroute(/\?q=billing/);
    await failure.getByRole("link", { name: "Try again" }).click();
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(failure).toBeHidden();

    await apiKeys.open();
    await page.route(/\?sort=name/, (route) => route.fulfill(answer));
    const byName = page.getByRole("columnheader", { name: "Key" }).getByRole("link");
    await byName.click();
    await expect(failure).toBeVisible();
    await expect(page, "the address is that of what is shown").toHaveURL(apiKeys.path);
    await expect(page.getByTestId("keys-table")).toHaveAttribute("aria-busy", "false");
    await page.unroute(/\?sort=name/);
    await byName.click();
    await expect(page.getByRole("columnheader", { name: "Key" })).toHaveAttribute("aria-sort", "ascending");
  });
});
