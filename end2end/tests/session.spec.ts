import type { Page } from "@playwright/test";

import { expect, test } from "../keyline/fixtures.ts";
import { signIn } from "../pages/sign-in.ts";

const about = (page: Page) => page.getByTestId("session-warning");

test.describe("a session that is about to end", () => {
  test.skip(({ world }) => world === "no-script", "nothing can warn without script");

  test.beforeEach(async ({ page }) => {
    await page.clock.install();
  });

  test("goes on with one press", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    await page.clock.fastForward("27:30");
    await expect(about(page)).toBeHidden();
    await page.clock.fastForward("00:35");
    await expect(page.getByRole("alertdialog", { name: "Still there?" })).toBeVisible();
    await expect(about(page)).toContainText(/You'll be signed out in 1:5\d\./);
    await expect(about(page)).not.toContainText("Copy your key first.");
    await expect(page.getByRole("button", { name: "Stay signed in" })).toBeFocused();
    await page.clock.fastForward("01:35");
    await expect(about(page).getByRole("alert")).toHaveText(/^You'll be signed out in (20|1\d) seconds\.$/);
    await page.keyboard.press("Enter");
    await expect(about(page)).toBeHidden();
    await page.clock.fastForward("27:30");
    await expect(about(page)).toBeHidden();
  });

  test("ends at once where that is wanted", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    await page.clock.fastForward("28:30");
    await about(page).getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/sign-in?signed-out");
  });

  test("leads back to the page when it has ended", async ({ page, apiKeys, tenant }) => {
    await apiKeys.enter();
    await page.context().clearCookies();
    await page.clock.fastForward("31:00");
    await expect(page.getByRole("alertdialog", { name: "Your session ended" })).toBeVisible();
    await about(page).getByRole("link", { name: "Sign in" }).click();
    await signIn(page, tenant.admin);
    await expect(page).toHaveURL(apiKeys.path);
  });

  test("is held open once for a secret that nobody has", { tag: "@wasm" }, async ({ page, apiKeys }) => {
    await apiKeys.enter();
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync" });
    await apiKeys.submit.click();
    const field = page.locator("#create-dialog").getByTestId("secret-field");
    await expect(field).toBeVisible();
    await page.clock.fastForward("28:30");
    await expect(about(page)).toContainText("Copy your key first.");
    const prolonged = page.waitForResponse("**/session/stay");
    await page.clock.fastForward("01:27");
    expect((await prolonged).status()).toBe(200);
    await expect(about(page)).toBeHidden();
    await expect(field).toBeVisible();
  });
});

test.describe("a session that has ended", () => {
  test("keeps what was typed for its person", async ({ page, apiKeys, tenant, watch, world }) => {
    watch.expect(/status of 401/);
    await apiKeys.enter();
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync", description: "Runs at night", expiration: "30 days" });
    await page.context().clearCookies();
    await apiKeys.submit.click();
    if (world === "script") {
      await expect(page.getByRole("alertdialog", { name: "Your session ended" })).toBeVisible();
      await about(page).getByRole("link", { name: "Sign in" }).click();
    }
    await expect(page.getByText("What you typed is kept")).toBeVisible();
    await signIn(page, tenant.admin);
    await expect(page).toHaveURL(`${apiKeys.path}/new`);
    await expect(page.getByText("Check and submit again.")).toBeVisible();
    const main = page.getByRole("main");
    await expect(main.getByRole("textbox", { name: "Name" })).toHaveValue("Billing sync");
    await expect(main.getByRole("textbox", { name: "Description" })).toHaveValue("Runs at night");
    await expect(main.getByRole("radio", { name: "30 days" })).toBeChecked();
    await main.getByRole("button", { name: "Create API Key" }).click();
    await expect(main.getByRole("heading", { name: "API key created" })).toBeVisible();
  });
});

test("creating goes on where the password is asked for", { tag: "@wasm" }, async ({ page, apiKeys, watch }) => {
  watch.expect(/status of 401/);
  const needed = { status: 401, contentType: "application/json", body: JSON.stringify("PasswordNeeded") };
  await page.route("/_fn/create_key", (route) => route.fulfill(needed));
  await apiKeys.enter();
  await apiKeys.create.click();
  await apiKeys.fillIn({ name: "Billing sync" });
  await apiKeys.submit.click();
  await expect(page.getByRole("main").getByRole("heading", { name: "API key created" })).toBeVisible();
});
