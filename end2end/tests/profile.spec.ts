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
      await expect(page.getByRole("alertdialog", { name: "Your session ended" })).toBeVisible();
      expect.soft(await violations(), "ended").toEqual([]);
    });
  });
}
