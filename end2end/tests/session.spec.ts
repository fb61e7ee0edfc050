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
    await expect(page.getByRole("dialog", { name: "Still there?" })).toBeVisible();
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
    await expect(page.getByRole("dialog", { name: "Your session ended" })).toBeVisible();
    await about(page).getByRole("link", { name: "Sign in" }).click();
    await signIn(page, tenant.admin);
    await expect(page).toHaveURL(apiKeys.path);
  });

  for (const { what, path, section, field, typed } of [
    { what: "settings", path: "settings/organization", section: "General", field: "Name", typed: "Acme International" },
    { what: "a profile", path: "me/profile", section: "About you", field: "E-mail", typed: "ana@acme.example" },
    { what: "invitations", path: "settings/users/invite", section: "", field: "E-mail addresses", typed: "tom@acme.example" },
  ]) {
    test(`keeps what was typed into ${what}`, async ({ page, apiKeys, tenant, watch }) => {
      watch.expect(/status of 401/);
      await apiKeys.enter();
      await page.goto(`/t/${tenant.slug}/${path}`);
      const place = section ? page.getByRole("region", { name: section }) : page.getByRole("main");
      const input = place.getByRole("textbox", { name: field });
      await input.fill(typed);
      await page.context().clearCookies();
      await page.clock.fastForward("31:00");
      await about(page).getByRole("link", { name: "Sign in" }).click();
      await expect(page.getByText("What you typed is kept")).toBeVisible();
      await signIn(page, tenant.admin);
      await expect(page).toHaveURL(`/t/${tenant.slug}/${path}`);
      await expect(page.getByText("Check and submit again.")).toBeVisible();
      await expect(input).toHaveValue(typed);
    });
  }

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
  test("is said where the list is searched", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await page.context().clearCookies();
    await apiKeys.search.fill("bill");
    await expect(page.getByRole("dialog", { name: "Your session ended" })).toBeVisible();
    await about(page).getByRole("link", { name: "Sign in" }).click();
    await signIn(page, tenant.admin);
    await expect(page).toHaveURL(/\?q=bill&/);
    await expect(apiKeys.search).toHaveValue("bill");
  });

  test("keeps what was typed for its person", async ({ page, apiKeys, tenant, watch, world }) => {
    watch.expect(/status of 401/);
    await apiKeys.enter();
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync", description: "Runs at night", expiration: "30 days" });
    await page.context().clearCookies();
    await apiKeys.submit.click();
    if (world === "script") {
      await expect(page.getByRole("dialog", { name: "Your session ended" })).toBeVisible();
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

test.describe("the password is asked for", { tag: "@wasm" }, () => {
  test.beforeEach(({ watch }) => watch.expect(/status of 4(01|22)/));

  /** The first two answers there are that it is a while since the person signed in. One route, since the browser may let a
   * request through while one ends and the next begins. */
  const oldTwiceFor = (page: Page, path: string, body = "") =>
    page.route(path, (route) => route.fulfill({ status: 401, contentType: "application/json", body }), { times: 2 });

  test("within the create dialog, and what was typed goes on", async ({ page, apiKeys, tenant }) => {
    await apiKeys.enter();
    await oldTwiceFor(page, "/_fn/create_key", JSON.stringify("PasswordNeeded"));
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync", description: "Runs at night" });
    await apiKeys.submit.click();
    const asked = page.getByRole("dialog", { name: "Confirm it's you" });
    const password = asked.getByLabel("Password");
    await expect(password).toBeFocused();
    await expect(apiKeys.submit).toBeHidden();

    await page.keyboard.press("Escape");
    await expect(apiKeys.field("Name")).toHaveValue("Billing sync");
    await expect(apiKeys.submit).toBeFocused();
    await page.keyboard.press("Enter");
    await password.fill("not the right one");
    await asked.getByRole("button", { name: "Continue" }).click();
    await expect(password).toHaveAccessibleDescription("That isn't your password. Try again.");
    await expect(password).toBeFocused();
    await password.fill(tenant.admin.password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "API key created" })).toBeVisible();
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await apiKeys.done.click();
    await expect(apiKeys.row("Billing sync")).toContainText("Runs at night");
    await expect(page).toHaveURL(new RegExp(apiKeys.path));
  });

  test("within the dialog that rotates, and its choices stay", async ({ page, apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await apiKeys.ask("Billing sync", "Rotate…");
    await apiKeys.question.getByRole("radio", { name: "1 hour" }).check();
    await oldTwiceFor(page, "/session/confirm");
    await apiKeys.question.getByRole("button", { name: "Rotate key" }).click();
    const asked = page.getByRole("dialog", { name: "Confirm it's you" });
    await expect(asked.getByLabel("Password")).toBeFocused();
    await asked.getByRole("button", { name: "Back" }).click();
    await expect(apiKeys.question.getByRole("radio", { name: "1 hour" })).toBeChecked();
    await apiKeys.question.getByRole("button", { name: "Rotate key" }).click();
    await asked.getByLabel("Password").fill(tenant.admin.password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "New secret for “Billing sync”" })).toBeVisible();
    await apiKeys.save();
  });
});
