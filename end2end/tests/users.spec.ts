import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "../keyline/fixtures.ts";
import type { Person, Tenant } from "../keyline/tenant.ts";

const mia = (tenant: Tenant): Person => ({
  name: "Mia Lang",
  email: `mia@${tenant.slug}.test`,
  password: "heron basalt clover 7",
});

const users = (tenant: Tenant) => `/t/${tenant.slug}/settings/users`;

/** Signs in behind the scenes. */
async function enter(page: Page, { email, password }: Person): Promise<void> {
  await page.context().clearCookies();
  const answer = await page.request.post("/sign-in", { form: { email, password }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
}

/** Invites people from the list; stops where the links are shown. */
async function invite(page: Page, emails: string, role = "Member"): Promise<string[]> {
  await page.getByRole("link", { name: "Invite people" }).click();
  await page.getByRole("textbox", { name: "E-mail addresses" }).fill(emails);
  await page.getByRole("radio", { name: role }).check();
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByRole("heading", { name: /invited$/, level: 1 })).toBeVisible();
  return page.getByTestId("link-field").evaluateAll((fields) => fields.map((field) => (field as HTMLTextAreaElement).value));
}

test.describe("people", { tag: "@plain" }, () => {
  test("are invited, join, and become administrators", async ({ page, tenant, watch }) => {
    watch.expect(/status of 4(04|22)/);
    await enter(page, tenant.admin);
    await page.goto(users(tenant));
    await expect(page.getByRole("heading", { name: "Only you so far" })).toBeVisible();
    const links = await invite(page, `ben@${tenant.slug}.test, nonsense\n${tenant.admin.email}`);
    expect(links).toHaveLength(1);
    await expect(page).toHaveURL(`${users(tenant)}/invite`);
    await expect(page.getByTestId("not-invited")).toContainText("nonsense — is not an e-mail address");
    await page.getByRole("link", { name: "Done" }).click();
    await expect(page.getByTestId("invitation-row")).toContainText(`ben@${tenant.slug}.test`);

    await page.context().clearCookies();
    await page.goto(links[0]!);
    await expect(page.getByRole("heading", { name: "Join Acme Corp" })).toBeVisible();
    await page.getByRole("textbox", { name: "Your name" }).fill("Ben Okafor");
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Join" }).click();
    await expect(page.getByRole("heading", { name: "1 thing to fix" })).toBeFocused();
    await expect(page.getByRole("textbox", { name: "Your name" })).toHaveValue("Ben Okafor");
    await page.getByLabel("Password").fill("heron basalt clover 7");
    await page.getByRole("button", { name: "Join" }).click();
    await expect(page).toHaveURL(`/t/${tenant.slug}/me/api-keys/production`);
    await page.goto(links[0]!);
    await expect(page.getByRole("heading", { name: "This link doesn't work any more." })).toBeVisible();

    await enter(page, tenant.admin);
    await page.goto(users(tenant));
    await page.getByRole("link", { name: "Ben Okafor" }).click();
    await page.getByRole("radio", { name: "Administrator" }).check();
    await page.getByRole("button", { name: "Save role" }).click();
    await expect(page.getByTestId("toast")).toHaveText("Ben Okafor is an administrator now.");
  });

  test("leave with their keys, and come back", async ({ page, tenant, watch }) => {
    watch.expect(/status of 401/);
    const person = mia(tenant);
    await tenant.add(person, "member");
    await tenant.createKey("Billing sync", "--owner", person.email);
    await tenant.createKey("Nightly export", "--owner", person.email);
    await enter(page, tenant.admin);
    await page.goto(users(tenant));
    const row = page.getByTestId("user-row").filter({ hasText: person.name });
    await row.getByRole("link", { name: "2 keys of Mia Lang" }).click();
    await expect(page.getByTestId("owned-keys").getByRole("listitem")).toHaveCount(2);
    await page.getByRole("link", { name: "Deactivate…" }).click();
    await expect(page.getByRole("heading", { name: "Deactivate Mia Lang?" })).toBeVisible();
    await expect(page.getByRole("main")).toContainText(
      /Mia Lang is signed out, and their 2 keys are suspended: (Billing sync, Nightly export|Nightly export, Billing sync)\./,
    );
    await page.getByRole("button", { name: "Deactivate" }).click();
    await expect(page.getByTestId("toast")).toHaveText("Mia Lang was deactivated.");
    await expect(page.getByTestId("owned-keys")).toContainText("Suspended · owner deactivated");
    await page.getByRole("link", { name: "Reactivate…" }).click();
    await page.getByRole("button", { name: "Reactivate" }).click();
    await expect(page.getByTestId("user-status")).toHaveText("Active");

    await page.getByRole("button", { name: "Make password link" }).click();
    const link = await page.getByTestId("link-field").inputValue();
    await page.context().clearCookies();
    await page.goto(link);
    await page.getByLabel("New password").fill("granite lantern hums at noon");
    await page.getByRole("button", { name: "Save password" }).click();
    await expect(page).toHaveURL("/sign-in");
  });
});

test("a link is copied with its button", { tag: "@wasm" }, async ({ page, tenant }) => {
  await enter(page, tenant.admin);
  await page.goto(users(tenant));
  const [link] = await invite(page, `ben@${tenant.slug}.test`);
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByTestId("announcer-polite")).toHaveText("Link copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing about people, ${colorScheme}`, { tag: "@wasm" }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("on every page", async ({ page, tenant, watch }) => {
      watch.expect(/status of 4(04|09|22)/);
      const check = async (what: string) => {
        await expect(page.locator("html[data-hydrated]")).toBeAttached();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.html) })), what).toEqual([]);
      };
      await enter(page, tenant.admin);
      await page.goto(users(tenant));
      await check("nobody else");
      const person = mia(tenant);
      await tenant.add(person, "member");
      await tenant.createKey("Billing sync", "--owner", person.email);
      await page.reload();
      await page.getByRole("link", { name: "Invite people" }).click();
      await check("invite");
      await page.getByRole("button", { name: "Invite" }).click();
      await check("invite, refused");
      await page.goto(users(tenant));
      const [link] = await invite(page, `ben@${tenant.slug}.test nonsense`);
      await check("links");
      await page.goto(users(tenant));
      await page.getByRole("button", { name: "Actions for Ana Reyes" }).click();
      await check("list with a menu");
      await page.goto(`${users(tenant)}?q=nobody`);
      await check("nobody matches");
      await page.goto(users(tenant));
      await page.getByRole("link", { name: "Ana Reyes", exact: true }).click();
      await check("the only administrator");
      await page.getByRole("radio", { name: "Member" }).check();
      await page.getByRole("button", { name: "Save role" }).click();
      await check("the only administrator, refused");
      await page.goto(users(tenant));
      await page.getByRole("link", { name: person.name, exact: true }).click();
      await check("a member");
      await page.getByRole("link", { name: "Deactivate…" }).click();
      await check("deactivate");
      await page.getByRole("link", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Make password link" }).click();
      await check("password link");
      await page.goto(link!);
      await check("join as somebody else");
      await page.context().clearCookies();
      await page.goto(link!);
      await check("join");
      await page.getByRole("textbox", { name: "Your name" }).fill("Ben Okafor");
      await page.getByLabel("Password").fill("short");
      await page.getByRole("button", { name: "Join" }).click();
      await expect(page).toHaveTitle(/^Error: /);
      await check("join, refused");
    });
  });
}
