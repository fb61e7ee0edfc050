import { AxeBuilder } from "@axe-core/playwright";

import { expect, test as base } from "../keyline/fixtures.ts";
import { exchange, metadata } from "../keyline/machine.ts";
import { Settings } from "../pages/settings.ts";

const test = base.extend<{ settings: Settings }>({
  settings: async ({ page, tenant }, use) => {
    await use(new Settings(page, tenant));
  },
});

test("name and time zone are changed, and mistakes come back with what was typed", async ({ page, settings, watch }) => {
  watch.expect(/status of 422/);
  await settings.enter(`/t/${settings.tenant.slug}/settings/api-keys/production`);
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Organization settings", level: 1 })).toBeVisible();
  const general = settings.section("General");
  await general.getByLabel("Name").fill("Acme Polska");
  await general.getByLabel("Time zone").fill("Europe/Warszawa");
  await settings.save("General");
  await expect(page).toHaveTitle(/^Error: Organization settings/);
  await expect(page.getByRole("heading", { name: "1 thing to fix" })).toBeFocused();
  await expect(general.getByLabel("Name")).toHaveValue("Acme Polska");
  await page.getByRole("link", { name: /There is no time zone of this name/ }).click();
  await expect(general.getByLabel("Time zone")).toBeFocused();
  await general.getByLabel("Time zone").fill("Europe/Warsaw");
  await settings.save("General");
  await expect(settings.flash).toHaveText("Changes saved.");
  await expect(page.getByRole("button", { name: /^Acme Polska, Production/ })).toBeVisible();
});

test("a stricter key policy says first what it does not reach", async ({ page, settings, tenant }) => {
  const key = await tenant.createKey("Billing sync", "--no-expiry");
  await settings.enter();
  const policy = settings.section("Key policy");
  await policy.getByRole("radio", { name: "Custom" }).check();
  await policy.getByRole("textbox", { name: "Days" }).fill("45");
  await settings.save("Key policy");
  await expect(page.getByRole("heading", { name: "Save this key policy?" })).toBeVisible();
  await expect(settings.main).toContainText("1 existing key has no expiration.");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(policy.getByRole("radio", { name: "No limit" })).toBeChecked();

  await policy.getByRole("radio", { name: "Custom" }).check();
  await policy.getByRole("textbox", { name: "Days" }).fill("45");
  await settings.save("Key policy");
  await settings.main.getByRole("button", { name: "Save changes" }).click();
  await expect(settings.flash).toHaveText("Changes saved.");
  await expect(policy.getByRole("textbox", { name: "Days" })).toHaveValue("45");
  await page.goto(`/t/${tenant.slug}/settings/api-keys/production/${key.client_id}`);
  await expect(settings.main).toContainText("No expiration");
  await page.goto(`/t/${tenant.slug}/settings/api-keys/production/new`);
  await expect(settings.main.getByRole("radio", { name: /^45 days — the longest allowed/ })).toBeChecked();
});

test("whoever is slower looks again before saving", async ({ page, settings, tenant, watch }) => {
  watch.expect(/status of 409/);
  await settings.enter();
  await tenant.set("--require-description", "on");
  const policy = settings.section("Key policy");
  await policy.getByRole("radio", { name: /^Nobody Every key/ }).check();
  await settings.save("Key policy");
  await expect(page.getByText(/^Command line changed these settings at \d\d:\d\d\. Nothing of yours was saved\./)).toBeFocused();
  await expect(policy.getByRole("radio", { name: /^Nobody Every key/ })).toBeChecked();
  await policy.getByRole("checkbox", { name: "Require a description" }).check();
  await settings.save("Key policy");
  await expect(settings.flash).toHaveText("Changes saved.");
});

test("environments are added, renamed and retired", async ({ page, settings, tenant, watch }) => {
  watch.expect(/status of 4(09|22)/);
  await tenant.createKey("Billing sync");
  await settings.enter();
  const section = settings.section("Environments");
  await section.getByLabel("Name").fill("Quality");
  await section.getByLabel("Slug").fill("ci");
  await settings.save("Environments", "Add environment");
  await expect(section.getByLabel("Slug")).toHaveAccessibleDescription(/This word is reserved\./);
  await section.getByLabel("Slug").fill("qa");
  await settings.save("Environments", "Add environment");
  await expect(settings.flash).toHaveText("Quality was added.");

  await settings.environment("Quality").getByRole("link", { name: "Rename Quality" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Pre-release");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(settings.flash).toHaveText("Quality is now called Pre-release.");
  await settings.environment("Pre-release").getByRole("link", { name: "Retire… Pre-release" }).click();
  await page.getByRole("button", { name: "Retire environment" }).click();
  await expect(settings.environment("Pre-release")).toHaveCount(0);

  await settings.environment("Production").getByRole("link", { name: "Retire… Production" }).click();
  await expect(page.getByText("1 live key is in Production.")).toBeVisible();
  await page.getByRole("link", { name: "Go back" }).click();
  await expect(page).toHaveURL(settings.path);
});

test("access tokens live as long as is set", async ({ page, settings, tenant, server }) => {
  const key = await tenant.createKey("Billing sync");
  await settings.enter(settings.authentication);
  const people = settings.section("People");
  await expect(people).toContainText("After 30 minutes without use, and in any case 12 hours after signing in.");
  await expect(settings.section("Token endpoint").locator("code")).toContainText(`curl ${server.origin}/oauth/token`);
  const tokens = settings.section("Access tokens");
  await expect(tokens.getByLabel("minutes")).toHaveValue("60");
  await tokens.getByLabel("minutes").fill("5");
  await tokens.getByLabel("seconds").fill("30");
  await settings.save("Access tokens");
  await expect(settings.flash).toHaveText("Changes saved.");
  const { token_endpoint } = await metadata(server.origin);
  const answer = await exchange(token_endpoint, key.client_id, key.client_secret);
  expect((JSON.parse(answer.body) as { expires_in: number }).expires_in).toBe(330);
  await expect(page).toHaveURL(settings.authentication);
});

test("what is not saved is said, and not lost by accident", async ({ page, settings, world }) => {
  test.skip(world === "no-script", "needs a script");
  await settings.enter();
  await expect(page.locator("form[data-unsaved]").first()).toBeAttached();
  const general = settings.section("General");
  const note = page.getByText("You have unsaved changes.");
  await general.getByLabel("Name").fill("Acme Polska");
  await expect(note).toBeVisible();
  let asked = 0;
  page.on("dialog", async (dialog) => {
    asked += 1;
    await dialog.dismiss();
  });
  await page.getByRole("link", { name: "API Keys" }).click();
  await expect.poll(() => asked).toBe(1);
  await expect(page).toHaveURL(settings.path);
  await general.getByLabel("Name").fill("Acme Corp");
  await expect(note).toBeHidden();
  await general.getByLabel("Name").fill("Acme Polska");
  await settings.save("General");
  await expect(settings.flash).toHaveText("Changes saved.");
  expect(asked).toBe(1);
});

test("the command and the address are copied", { tag: "@wasm" }, async ({ page, settings, server }) => {
  await settings.enter(settings.authentication);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await page.getByRole("button", { name: "Copy address" }).click();
  await expect(page.getByTestId("announcer-polite")).toHaveText("Address copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.origin}/oauth/token`);
  await page.getByRole("button", { name: "Copy command" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("-d grant_type=client_credentials");
});

test("members find no settings, and a locked page at their address", async ({ page, settings, tenant, watch }) => {
  watch.expect(/status of 403/);
  const member = { name: "Mia Lang", email: `mia@${tenant.slug}.test`, password: "heron basalt clover 7" };
  await tenant.add(member, "member");
  await page.request.post("/sign-in", { form: { email: member.email, password: member.password } });
  for (const path of [settings.path, settings.authentication]) {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(403);
    await expect(settings.main).toContainText("Ask an organization administrator: Ana Reyes.");
    await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Settings" })).toHaveCount(0);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing in the settings, ${colorScheme}`, { tag: "@wasm" }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("in each state", async ({ page, settings, tenant, watch }) => {
      watch.expect(/status of 4(03|09|22)/);
      const check = async (what: string) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.html) }));
        expect.soft(found, what).toEqual([]);
      };
      await tenant.createKey("Billing sync", "--no-expiry");
      await settings.enter();
      await check("settings");
      await settings.section("General").getByLabel("Name").fill(" ");
      await check("with unsaved changes");
      await settings.save("General");
      await check("general, refused");
      await page.goto(settings.path);
      const policy = settings.section("Key policy");
      await policy.getByRole("radio", { name: "Custom" }).check();
      await settings.save("Key policy");
      await check("key policy, refused");
      await policy.getByRole("textbox", { name: "Days" }).fill("45");
      await settings.save("Key policy");
      await check("key policy, to be confirmed");
      await page.goto(settings.path);
      await tenant.set("--require-description", "on", "--api-keys", "off");
      await settings.save("General");
      await check("changed by somebody else");
      for (const below of ["staging/rename", "staging/retire", "production/retire"]) {
        await page.goto(`${settings.path}/environments/${below}`);
        await check(below);
      }
      await page.goto(settings.authentication);
      await check("authentication");
      await settings.section("Access tokens").getByLabel("minutes").fill("99");
      await settings.save("Access tokens");
      await check("authentication, refused");
    });
  });
}
