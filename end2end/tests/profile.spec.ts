import { AxeBuilder } from "@axe-core/playwright";

import { expect, test } from "../keyline/fixtures.ts";
import { signIn } from "../pages/sign-in.ts";

const NEW_PASSWORD = "seven lanterns over quiet harbour";

test("a person sees where they are signed in, and ends it", async ({ page, apiKeys, tenant, browser, baseURL }) => {
  const elsewhere = await browser.newContext({ baseURL: baseURL!, userAgent: "Mozilla/5.0 (Windows) Firefox/140.0" });
  const phone = await elsewhere.newPage();
  await phone.goto("/sign-in");
  await signIn(phone, tenant.admin);

  await apiKeys.enter();
  await page.getByRole("button", { name: "Ana Reyes. Your account" }).click();
  await page.getByRole("link", { name: "Profile" }).click();
  await expect(page.getByRole("heading", { name: "Profile", level: 1 })).toBeVisible();
  await expect(page.getByTestId("session-row")).toHaveCount(2);
  await expect(page.getByTestId("session-row").filter({ hasText: "This device" })).toHaveCount(1);
  await page.getByRole("button", { name: /^Sign out Firefox on Windows/ }).click();
  await expect(page.getByText("That device is signed out.")).toBeVisible();
  await expect(page.getByTestId("session-row")).toHaveCount(1);
  await phone.reload();
  await expect(phone.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await elsewhere.close();

  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL("/sign-in?signed-out");
});

test("a person changes their password", async ({ page, apiKeys, tenant, watch }) => {
  watch.expect(/status of 4(01|22)/);
  await apiKeys.enter();
  await page.goto(`/t/${tenant.slug}/me/profile`);
  const fill = async (present: string, fresh: string) => {
    await page.getByLabel("Current password").fill(present);
    await page.getByLabel("New password").fill(fresh);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await fill("not the right one", NEW_PASSWORD);
  await expect(page).toHaveTitle(/^Error: Profile/);
  await expect(page.getByRole("heading", { name: "1 thing to fix" })).toBeFocused();
  await expect(page.getByLabel("Current password")).toHaveAccessibleDescription(/That isn't your password\./);
  await fill(tenant.admin.password, "passwordpassword");
  await expect(page.getByLabel("New password")).toHaveAccessibleDescription(/easy to guess/);
  await fill(tenant.admin.password, NEW_PASSWORD);
  await expect(page.getByText("Your password is changed. You are signed out everywhere else.")).toBeVisible();
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await signIn(page, tenant.admin);
  await expect(page).toHaveTitle(/^Error: /);
  await signIn(page, { ...tenant.admin, password: NEW_PASSWORD });
  await expect(page).toHaveURL(apiKeys.path);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing, ${colorScheme}`, { tag: "@wasm" }, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("on the profile and about the session", async ({ page, apiKeys, tenant }) => {
      await page.clock.install();
      await apiKeys.enter();
      await page.goto(`/t/${tenant.slug}/me/profile`);
      const violations = async () => (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
      expect.soft(await violations(), "profile").toEqual([]);
      await page.clock.fastForward("28:30");
      await expect(page.getByTestId("session-warning")).toBeVisible();
      expect.soft(await violations(), "about to end").toEqual([]);
      await page.clock.fastForward("02:00");
      await expect(page.getByRole("dialog", { name: "Your session ended" })).toBeVisible();
      expect.soft(await violations(), "ended").toEqual([]);
    });
  });
}

test("a person changes their name", async ({ page, apiKeys, tenant }) => {
  await apiKeys.enter();
  await page.goto(`/t/${tenant.slug}/me/profile`);
  await page.getByLabel("Name", { exact: true }).fill("Ana María Reyes");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("Your name is changed.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Ana María Reyes. Your account" })).toBeVisible();
});

test("a person chooses how times are shown", async ({ page, apiKeys, tenant }) => {
  await apiKeys.enter();
  await page.goto(`/t/${tenant.slug}/me/profile`);
  await page.getByRole("combobox", { name: "Time zone" }).fill("Asia/Tokyo");
  await page.getByLabel("Exact times").check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Changes saved.")).toBeVisible();
  await expect(page.getByTestId("session-row").locator("time").first()).toHaveText(/^\d+ \w+ \d{4}, \d\d:\d\d JST$/);
});

test.describe("in another time zone", { tag: "@wasm" }, () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("the browser's zone is proposed once", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    const proposal = page.getByTestId("zone-proposal");
    await expect(proposal).toContainText("Use Asia/Tokyo for dates?");
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);
    await proposal.getByRole("button", { name: "Use it" }).click();
    await expect(page.getByText("Dates are shown in Asia/Tokyo.")).toBeVisible();
    await expect(page).toHaveURL(apiKeys.path);
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
    await expect(proposal).toHaveCount(0);
  });

  test("and left alone after a no", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    await page.getByTestId("zone-proposal").getByRole("button", { name: "Keep UTC" }).click();
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
    await expect(page.getByTestId("zone-proposal")).toHaveCount(0);
  });
});
