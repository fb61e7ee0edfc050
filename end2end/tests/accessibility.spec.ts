import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "../keyline/fixtures.ts";
import { Tenant } from "../keyline/tenant.ts";

const EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Checks what is on screen now. Between light and dark only colours differ. */
async function check(page: Page, what: string): Promise<void> {
  await test.step(what, async () => {
    const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
    const axe = new AxeBuilder({ page });
    const { violations } = await (isDark ? axe.withRules("color-contrast") : axe.withTags(EVERYTHING)).analyze();
    const found = violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => node.html) }));
    expect.soft(found, what).toEqual([]);
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing, ${colorScheme}`, { tag: "@wasm" }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });
    test.describe.configure({ timeout: 120_000 });

    test("on the way in", async ({ page, apiKeys, program, tenant, watch }) => {
      watch.expect(/status of 40[134]/);
      await page.goto("/sign-in");
      await check(page, "sign in");
      await page.getByRole("textbox", { name: "E-mail" }).fill("nobody@example.test");
      await page.getByLabel("Password").fill("wrong");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page).toHaveTitle(/^Error: /);
      await check(page, "sign in, refused");
      await page.goto("/forgot");
      await check(page, "forgotten password");
      await page.goto("/help/first-key");
      await check(page, "help");
      await page.goto("/setup/spent");
      await check(page, "spent link");

      const other = await Tenant.make(program);
      await other.admit(tenant.admin);
      await apiKeys.enter();
      await page.goto("/");
      await expect(page.getByRole("heading", { name: "Choose an organization" })).toBeVisible();
      await check(page, "choice of organization");
      await page.goto("/t/nobody");
      await check(page, "not found");
      await tenant.set("--api-keys", "off");
      await page.goto(apiKeys.path);
      await check(page, "locked");
      const member = { name: "Mia Lang", email: `mia@${tenant.slug}.test`, password: "heron basalt clover 7" };
      await tenant.set("--api-keys", "on");
      await tenant.add(member, "member");
      await page.context().clearCookies();
      await page.request.post("/sign-in", { form: { email: member.email, password: member.password } });
      await page.goto(apiKeys.path);
      await expect(page.getByRole("heading", { name: "You can't see API keys here" })).toBeVisible();
      await check(page, "not an administrator");
    });

    test("on the pages of keys", async ({ page, apiKeys, tenant, watch }) => {
      watch.expect(/status of 422/);
      await apiKeys.enter();
      await check(page, "no keys yet");
      const key = await tenant.createKey("Billing sync", "--description", "Payments team");
      await tenant.createKey("Nightly export", "--expires-in-days", "1", "--kind", "token");
      await tenant.revokeKey(await tenant.createKey("Old CI"));
      await tenant.set("--max-keys-per-environment", "2");
      await apiKeys.open();
      await check(page, "list at its limit");
      await apiKeys.open("?status=removed");
      await check(page, "removed keys");
      await apiKeys.open("?q=nothing");
      await check(page, "nothing matches");
      await tenant.set("--max-keys-per-environment", "50");
      await apiKeys.open();
      await apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" }).click();
      await apiKeys.ready();
      await check(page, "one key");
      for (const question of ["edit", "suspend", "rotate", "remove"]) {
        await apiKeys.open(`/${key.client_id}/${question}`);
        await expect(page.getByRole("heading", { name: "“Billing sync”", level: 1 })).toBeVisible();
        await check(page, `${question} as a page`);
      }

      await apiKeys.open();
      await page.getByRole("checkbox", { name: "Select all 2 on this page" }).check();
      await check(page, "list with ticked keys");
      await page.getByTestId("bulk-bar").getByRole("button", { name: "Remove" }).click();
      await expect(page.getByRole("heading", { name: "Remove 2 keys?" })).toBeVisible();
      await check(page, "question about several keys");
      await page.goto(`/t/${tenant.slug}/settings/activity`);
      await page.getByText("Details").first().click();
      await check(page, "activity");
      await page.goto(`/t/${tenant.slug}/settings/activity?env=staging`);
      await check(page, "no activity");
      await page.goto(`/t/${tenant.slug}/search?q=billing`);
      await check(page, "search");

      await apiKeys.open("/new");
      await check(page, "creation as a page");
      const main = page.getByRole("main");
      const submit = main.getByRole("button", { name: "Create API Key" });
      await main.getByRole("textbox", { name: "Name" }).fill("x".repeat(65));
      await submit.click();
      await expect(page).toHaveTitle(/^Error: /);
      await check(page, "creation as a page, refused");
      await main.getByRole("textbox", { name: "Name" }).fill("Warehouse loader");
      await submit.click();
      await expect(main.getByRole("heading", { name: "API key created" })).toBeVisible();
      await apiKeys.ready();
      await check(page, "secret on a page");
    });

    test("on a person's own pages", async ({ page, ownKeys, apiKeys, tenant, watch }) => {
      watch.expect(/status of 403/);
      const mia = await tenant.addMember("Mia Lindqvist");
      await ownKeys.enter(mia);
      await check(page, "no keys of one's own yet");
      const key = await tenant.createKey("Notebook", "--owner", mia.email);
      await tenant.set("--max-keys-per-user", "1");
      await ownKeys.open();
      await check(page, "own keys at the limit");
      await ownKeys.open(`/${key.client_id}`);
      await check(page, "a key of one's own");
      await ownKeys.open("/new");
      await page.getByRole("radio", { name: "Send it as it is" }).check();
      await check(page, "creation of a key of one's own");
      const credentials = `/t/${tenant.slug}/me/credentials`;
      await page.goto(credentials);
      await ownKeys.ready();
      await check(page, "no credentials yet");
      await page.getByRole("button", { name: "Generate credentials" }).click();
      await expect(page.getByTestId("secret-field")).toBeVisible();
      await ownKeys.ready();
      await check(page, "credentials, once");
      await ownKeys.leave(credentials);
      await ownKeys.ready();
      await check(page, "credentials that are there");
      await page.getByRole("link", { name: "Generate new credentials" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      await check(page, "question before they are replaced");
      await page.goto(`${credentials}/replace`);
      await check(page, "the same question as a page");
      await tenant.set("--plan", "free");
      await page.goto(credentials);
      await check(page, "credentials beyond the plan");
      await tenant.set("--self-service", "off");
      await page.goto(credentials);
      await check(page, "no keys of one's own here");
      await page.context().clearCookies();
      await apiKeys.enter();
      await check(page, "a member's key in the list");
    });

    test("on dialogs and menus", async ({ page, apiKeys, tenant, watch }) => {
      watch.expect(/status of 422/);
      await tenant.createKey("Billing sync");
      await apiKeys.enter();
      await apiKeys.menuButton("Billing sync").click();
      await check(page, "menu of a row");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /Switch organization or environment$/ }).click();
      await check(page, "menu of places");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Ana Reyes. Your account" }).click();
      await check(page, "menu of the person");
      await page.keyboard.press("Escape");

      await page.keyboard.press("Control+k");
      await page.keyboard.type("billing");
      await expect(page.getByTestId("palette").getByRole("group", { name: "Keys" })).toBeVisible();
      await check(page, "command palette");
      await page.keyboard.press("Escape");

      for (const label of ["Edit name and description", "Suspend…", "Rotate…", "Remove…"]) {
        await apiKeys.ask("Billing sync", label);
        await expect(apiKeys.question.getByRole("heading", { name: "“Billing sync”" })).toBeVisible();
        await check(page, `dialog of ${label}`);
        await page.keyboard.press("Escape");
        await expect(apiKeys.question).toBeHidden();
      }
      await apiKeys.create.click();
      await check(page, "create dialog");
      await apiKeys.submit.click();
      await expect(apiKeys.field("Name")).toHaveAttribute("aria-invalid", "true");
      await check(page, "create dialog, refused");
      await apiKeys.fillIn({ name: "Nightly export", expiration: "Custom" });
      await page.keyboard.press("Escape");
      await check(page, "create dialog, before it is discarded");
      await apiKeys.question.getByRole("button", { name: "Keep editing" }).click();
      await apiKeys.submit.click();
      await expect(apiKeys.secret).toBeVisible();
      await check(page, "secret in the dialog");
      await apiKeys.question.getByRole("tab", { name: "curl" }).click();
      await apiKeys.question.getByRole("button", { name: "Hide" }).click();
      await apiKeys.done.click();
      await check(page, "secret in the dialog, hidden and guarded");
      await apiKeys.guard.getByRole("button", { name: "Close without copying" }).click();
      await expect(apiKeys.row("Nightly export")).toBeVisible();
      await check(page, "list with a new key");
    });
  });
}
