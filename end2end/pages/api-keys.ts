import { expect, type Locator, type Page } from "@playwright/test";

import type { Person, Tenant } from "../keyline/tenant.ts";

/** What a person fills into the create form; a field that is left out keeps what stands in it. */
export interface NewKey {
  name?: string;
  description?: string;
  use?: "Exchange it for access tokens" | "Send it as it is";
  owner?: "The organization" | "Owned by me";
  expiration?: string;
}

/** The list of API keys and the questions asked over it: in dialogs with the islands, else on pages of their own. */
export class ApiKeys {
  readonly create: Locator;
  readonly rows: Locator;
  readonly search: Locator;
  /** What a screen reader says without a move of the focus. */
  readonly announcer: Locator;
  readonly toast: Locator;

  constructor(
    readonly page: Page,
    readonly tenant: Tenant,
    /** Whether the islands run. */
    private readonly islands: boolean,
    /** The organization's keys, or a person's own. */
    private readonly section: "settings" | "me" = "settings",
  ) {
    this.create = page.getByRole("link", { name: "Create API Key" });
    this.rows = page.getByTestId("key-row");
    this.search = page.getByRole("searchbox", { name: "Search keys" });
    this.announcer = page.getByTestId("announcer-polite");
    this.toast = page.getByTestId("toast");
  }

  get path(): string {
    return `/t/${this.tenant.slug}/${this.section}/api-keys/production`;
  }

  /** Signs in behind the scenes and opens the list. */
  async enter(person: Person = this.tenant.admin): Promise<void> {
    const { email, password } = person;
    const answer = await this.page.request.post("/sign-in", { form: { email, password }, maxRedirects: 0 });
    expect(answer.status()).toBe(303);
    await this.open();
  }

  /** Opens the list, or what lies below it, and waits for the islands where they run. */
  async open(below = ""): Promise<void> {
    await this.page.goto(this.path + below);
    await this.ready();
  }

  async ready(): Promise<void> {
    if (this.islands) {
      await expect(this.page.locator("html[data-hydrated]")).toBeAttached();
    }
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByRole("link", { name, exact: true }) });
  }

  cell(name: string, column: string): Locator {
    return this.row(name).locator(`[data-label="${column}"]`);
  }

  menuButton(name: string): Locator {
    return this.page.getByRole("button", { name: `Actions for ${name}` });
  }

  menuItem(label: string): Locator {
    return this.page.getByRole(this.islands ? "menuitem" : "link", { name: label });
  }

  /** Where a question is asked. */
  get question(): Locator {
    return this.islands ? this.page.locator("dialog[open]") : this.page.getByRole("main");
  }

  get submit(): Locator {
    return this.question.getByRole("button", { name: "Create API Key" });
  }

  field(name: string): Locator {
    return this.question.getByRole("textbox", { name });
  }

  async fillIn({ name, description, use, owner, expiration }: NewKey): Promise<void> {
    if (name !== undefined) await this.field("Name").fill(name);
    if (description !== undefined) await this.field("Description").fill(description);
    if (use) await this.question.getByRole("radio", { name: use }).check();
    if (owner) await this.question.getByRole("radio", { name: owner }).check();
    if (expiration) await this.question.getByRole("radio", { name: expiration }).check();
  }

  /** Creates a key and stops where its secret is shown. */
  async createKey(key: NewKey): Promise<string> {
    await this.create.click();
    await this.fillIn(key);
    await this.submit.click();
    await expect(this.question.getByRole("heading", { name: "API key created" })).toBeVisible();
    return this.secret.inputValue();
  }

  get secret(): Locator {
    return this.question.getByTestId("secret-field");
  }

  /** Copies the secret on screen, where a script can, so that nothing stands in the way out. */
  async save(): Promise<void> {
    if (this.islands) {
      await this.question.getByRole("button", { name: /^Copy (secret|key)$/ }).click();
      await expect(this.announcer).toHaveText(/copied$/);
    }
  }

  /** Goes to another page though a secret on screen was not saved. */
  async leave(address: string): Promise<void> {
    this.page.once("dialog", (dialog) => void dialog.accept());
    await this.page.goto(address);
  }

  get done(): Locator {
    return this.question.getByRole(this.islands ? "button" : "link", { name: "Done" });
  }

  get guard(): Locator {
    return this.question.getByTestId("secret-guard");
  }

  /** The client id beside the secret. */
  get clientId(): Locator {
    return this.question.getByLabel("Client ID");
  }

  /** What stands beside a term of the panel with the secret. */
  fact(term: string): Locator {
    return this.question.locator(".facts div").filter({ has: this.page.getByText(term, { exact: true }) }).locator("dd");
  }

  /** Opens a question about a key from the menu of its row. */
  async ask(name: string, label: string): Promise<void> {
    await this.menuButton(name).click();
    await this.menuItem(label).click();
  }

  /** Opens the question before a key is removed. */
  async askToRemove(name: string): Promise<void> {
    await this.ask(name, "Remove…");
    await expect(this.question.getByRole("heading", { name: `Remove “${name}”?` })).toBeVisible();
  }

  /** Answers the question on screen and waits until it is gone, from the address too. */
  async answer(label: string): Promise<void> {
    const button = this.question.getByRole("button", { name: label });
    await button.click();
    await expect(button).toBeHidden();
    await expect(this.page).toHaveURL((url) => !/\/(edit|suspend|reapprove)$/.test(url.pathname));
  }

  get confirmName(): Locator {
    return this.question.getByRole("textbox", { name: "Key name" });
  }

  get confirmRemoval(): Locator {
    return this.question.getByRole("button", { name: "Remove key" });
  }

  /** Waits until the list knows of the key's last use, which the server writes a moment later. */
  async seeUse(name: string): Promise<void> {
    await expect(async () => {
      await this.open();
      await expect(this.cell(name, "Last used")).not.toContainText("Never", { timeout: 100 });
    }).toPass();
  }
}
