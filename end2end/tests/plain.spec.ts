import { expect, test } from "../keyline/fixtures.ts";
import { SECRET } from "../keyline/watch.ts";

test.describe("without the islands", { tag: "@plain" }, () => {
  test("the secret comes in the answer to the form, and in no other", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    await apiKeys.create.click();
    await expect(page).toHaveURL(`${apiKeys.path}/new`);
    await apiKeys.fillIn({ name: "Billing sync" });
    const answer = page.waitForResponse((response) => response.request().method() === "POST");
    await apiKeys.submit.click();
    expect((await answer).status()).toBe(201);
    expect((await answer).headers()["cache-control"]).toBe("no-store");
    await expect(page.getByRole("heading", { name: "API key created", level: 1 })).toBeVisible();
    await expect(apiKeys.question).toContainText("Leaving this page removes the key from view for good.");
    await expect(apiKeys.secret).toHaveValue(SECRET);
    await expect(apiKeys.question.getByText("KEYLINE_CLIENT_SECRET=")).toBeVisible();

    await page.reload();
    await expect(page.getByRole("heading", { name: "This key was already created" })).toBeVisible();
    expect(await page.content()).not.toMatch(SECRET);
    await page.getByRole("link", { name: "Back to the list" }).click();
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(page.goBack(), "the browser has kept nothing").rejects.toThrow("ERR_CACHE_MISS");
  });

  test("a secret printed by the command line counts as shown", async ({ apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await expect(apiKeys.cell("Billing sync", "Status")).toHaveText("Active", { timeout: 2_000 });
  });

  test("a refused form comes back filled, its mistakes first", async ({ page, apiKeys, tenant, watch }) => {
    watch.expect(/status of 4(09|22)/);
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await apiKeys.create.click();
    const description = "Payments team.\nRuns in the billing cluster.";
    await apiKeys.fillIn({ name: "x".repeat(65), description, use: "Send it as it is", expiration: "Custom" });
    await apiKeys.question.getByLabel("Expires on").fill("2020-01-01");
    await apiKeys.submit.click();

    await expect(page).toHaveTitle(/^Error: /);
    await expect(page.getByRole("heading", { name: "2 things to fix" })).toBeFocused();
    await expect(apiKeys.field("Name")).toHaveAccessibleDescription(/Use 64 characters or fewer; this has 65\./);
    await expect(apiKeys.field("Name")).toHaveAttribute("aria-invalid", "true");
    await expect(apiKeys.field("Description")).toHaveValue(description);
    await expect(apiKeys.question.getByRole("radio", { name: "Send it as it is" })).toBeChecked();
    await expect(apiKeys.question.getByRole("radio", { name: "Custom" })).toBeChecked();
    await expect(apiKeys.question.getByLabel("Expires on")).toHaveAccessibleDescription(/Choose a date after today\./);
    await page.getByRole("link", { name: "Use 64 characters or fewer; this has 65." }).click();
    await expect(apiKeys.field("Name")).toBeFocused();

    await apiKeys.fillIn({ name: "Billing Sync", expiration: "7 days" });
    await apiKeys.submit.click();
    await expect(page.getByRole("heading", { name: "1 thing to fix" })).toBeFocused();
    await expect(apiKeys.field("Name")).toHaveValue("Billing Sync");
    await apiKeys.fillIn({ name: "Nightly export" });
    await apiKeys.submit.click();
    await expect(apiKeys.secret).toHaveValue(SECRET);
  });

  test("links and forms search, filter, sort and page the list", async ({ page, apiKeys, tenant }) => {
    for (let number = 10; number < 40; number++) {
      await tenant.createKey(`Key ${number}`);
    }
    await tenant.revokeKey(await tenant.createKey("Old CI"));
    await apiKeys.enter();
    await expect(apiKeys.rows).toHaveCount(30);
    await expect(apiKeys.rows.first()).toContainText("Key 39");

    await page.getByRole("combobox", { name: "Per page" }).selectOption("25");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(apiKeys.rows).toHaveCount(25);
    const pages = page.getByRole("navigation", { name: "Pages" });
    await expect(pages).toContainText("1–25 of 30");
    await pages.getByRole("link", { name: "Next" }).click();
    await expect(pages).toContainText("26–30 of 30");
    await expect(apiKeys.rows).toHaveCount(5);
    await pages.getByRole("link", { name: "Previous" }).click();
    await expect(pages).toContainText("1–25 of 30");

    await page.getByRole("columnheader", { name: "Key" }).getByRole("link").click();
    await expect(page.getByRole("columnheader", { name: "Key" })).toHaveAttribute("aria-sort", "ascending");
    await expect(apiKeys.rows.first()).toContainText("Key 10");
    await expect(page.getByRole("table")).toHaveAccessibleName(/API keys in Production, 1 to 25 of 30, sorted by name, A to Z\./);
    await page.getByRole("columnheader", { name: "Key" }).getByRole("link").click();
    await expect(apiKeys.rows.first()).toContainText("Key 39");

    await apiKeys.search.fill("key 11");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(page.getByRole("columnheader", { name: "Key" })).toHaveAttribute("aria-sort", "descending");
    await apiKeys.search.fill("nothing like it");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Clear filters" }).click();
    await expect(page).toHaveURL(apiKeys.path);

    await page.getByRole("combobox", { name: "Status" }).selectOption("Removed");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(apiKeys.row("Old CI")).toBeVisible();
  });

  test("menus open, and a person can sign out", async ({ page, apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await apiKeys.menuButton("Billing sync").click();
    await apiKeys.menuItem("View details").click();
    await expect(page.getByRole("heading", { name: "Billing sync", level: 1 })).toBeVisible();
    await expect(page.getByRole("main")).toContainText("Stored as a fingerprint. It can't be shown.");
    await page.getByRole("button", { name: "Ana Reyes. Your account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/sign-in?signed-out");
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Billing sync" })).toBeHidden();
  });
});
