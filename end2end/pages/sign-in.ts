import type { Page } from "@playwright/test";

import type { Person } from "../keyline/tenant.ts";

/** Fills in the sign-in page that is on screen. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
