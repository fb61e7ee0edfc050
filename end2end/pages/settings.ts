import { expect, type Locator, type Page } from "@playwright/test";

import type { Tenant } from "../keyline/tenant.ts";

/** Organization settings and Authentication. */
export class Settings {
  readonly main: Locator;
  /** What was just done. */
  readonly flash: Locator;

  constructor(
    readonly page: Page,
    readonly tenant: Tenant,
  ) {
    this.main = page.getByRole("main");
    this.flash = page.getByTestId("toast");
  }

  get path(): string {
    return `/t/${this.tenant.slug}/settings/organization`;
  }

  get authentication(): string {
    return `/t/${this.tenant.slug}/settings/authentication`;
  }

  /** Signs in behind the scenes and opens the settings. */
  async enter(path = this.path): Promise<void> {
    const { email, password } = this.tenant.admin;
    const answer = await this.page.request.post("/sign-in", { form: { email, password }, maxRedirects: 0 });
    expect(answer.status()).toBe(303);
    await this.page.goto(path);
  }

  section(name: string): Locator {
    return this.main.getByRole("region", { name, exact: true });
  }

  /** Sends the form of a section. */
  async save(section: string, button = "Save changes"): Promise<void> {
    await this.section(section).getByRole("button", { name: button }).click();
  }

  environment(name: string): Locator {
    return this.page.getByTestId("environments").getByRole("listitem").filter({ hasText: name });
  }
}
