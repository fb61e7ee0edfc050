import { expect, test } from "../keyline/fixtures.ts";

test.describe("the create dialog", { tag: "@wasm" }, () => {
  test.beforeEach(({ apiKeys }) => apiKeys.enter());

  test("has an address, so that Back closes it and a reload shows its page", async ({ page, apiKeys }) => {
    await apiKeys.create.click();
    await expect(page.getByRole("dialog", { name: "Create API Key" })).toBeVisible();
    await expect(page).toHaveURL(`${apiKeys.path}/new`);
    await expect(apiKeys.field("Name")).toBeFocused();
    await page.goBack();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page).toHaveURL(apiKeys.path);
    await expect(apiKeys.create).toBeFocused();

    await apiKeys.create.click();
    await expect(apiKeys.field("Name")).toBeFocused();
    await page.reload();
    await expect(page.getByRole("heading", { name: "Create API Key", level: 1 })).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("heading", { name: "API Keys", level: 1 })).toBeVisible();
  });

  test("closes at Esc when nothing was typed", async ({ page, apiKeys }) => {
    await apiKeys.create.click();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page).toHaveURL(apiKeys.path);
    await expect(apiKeys.create).toBeFocused();
  });

  for (const way of ["Escape", "Back", "Cancel"]) {
    test(`asks before ${way} discards what was typed`, async ({ page, apiKeys }) => {
      const leave = async () => {
        if (way === "Escape") await page.keyboard.press("Escape");
        else if (way === "Back") await page.evaluate(() => history.back());
        else {
          await apiKeys.question.getByRole("button", { name: "Cancel" }).focus();
          await page.keyboard.press("Space");
        }
      };
      await apiKeys.create.click();
      await apiKeys.fillIn({ name: "Billing sync" });
      await leave();
      await expect(apiKeys.question).toContainText("Discard this key?");
      const keep = apiKeys.question.getByRole("button", { name: "Keep editing" });
      await expect(keep).toBeFocused();
      await expect(page).toHaveURL(`${apiKeys.path}/new`);
      await keep.click();
      await expect(apiKeys.field("Name")).toBeFocused();
      await expect(apiKeys.field("Name")).toHaveValue("Billing sync");

      await leave();
      await apiKeys.question.getByRole("button", { name: "Discard" }).click();
      await expect(page.getByRole("dialog")).toBeHidden();
      await expect(page).toHaveURL(apiKeys.path);
      await apiKeys.create.click();
      await expect(apiKeys.field("Name")).toHaveValue("");
    });
  }

  test("asks however often Esc is pressed", async ({ page, apiKeys }) => {
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync" });
    for (let press = 0; press < 4; press++) {
      await page.keyboard.press("Escape");
      await expect(apiKeys.question.getByRole("button", { name: "Keep editing" })).toBeFocused();
      await expect(page).toHaveURL(`${apiKeys.path}/new`);
    }
    await apiKeys.question.getByRole("button", { name: "Discard" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page).toHaveURL(apiKeys.path);
  });

  test("begins a date of one's own with that of the choice before", async ({ apiKeys }) => {
    await apiKeys.create.click();
    const dates = await apiKeys.question.locator("[data-day]").evaluateAll((tiles) =>
      Object.fromEntries(tiles.map((tile) => [(tile as HTMLInputElement).value, tile.getAttribute("data-day")])),
    );
    const date = apiKeys.question.getByLabel("Expires on");
    await apiKeys.question.getByRole("radio", { name: "30 days" }).check();
    await apiKeys.question.getByRole("radio", { name: "Custom" }).check();
    await expect(date).toHaveValue(dates["30"]!);
    await date.fill(dates["365"]!);
    await apiKeys.question.getByRole("radio", { name: "7 days" }).check();
    await apiKeys.question.getByRole("radio", { name: "Custom" }).check();
    await expect(date).toHaveValue(dates["365"]!);
  });

  test("shows the new key also where a filter hides it, and keeps the filter", async ({ page, apiKeys, tenant }) => {
    await tenant.createKey("Nightly export");
    await apiKeys.open("?q=nightly");
    await apiKeys.createKey({ name: "Billing sync" });
    await apiKeys.save();
    await apiKeys.done.click();
    await expect(page).toHaveURL(`${apiKeys.path}?q=nightly`);
    await expect(apiKeys.rows).toHaveCount(2);
    await expect(apiKeys.rows.first()).toContainText("Just created");
    await expect(apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" })).toBeFocused();
    await expect(apiKeys.announcer).toHaveText("Billing sync was added to Production.");
    await apiKeys.search.fill("night");
    await expect(apiKeys.rows).toHaveCount(1);
  });

  test("asks for scopes, and says where they do not go together", async ({ page, apiKeys, tenant, watch }) => {
    watch.expect(/status of 422/);
    await tenant.set("--scopes", "invoices:read");
    await apiKeys.open();
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync" });
    await apiKeys.question.getByText("What may it do?").click();
    await apiKeys.question.getByRole("checkbox", { name: "invoices:read" }).check();
    await apiKeys.question.getByRole("checkbox", { name: "keys:read" }).check();
    await apiKeys.submit.click();
    const scopes = apiKeys.question.getByRole("group", { name: "What may it do?" });
    await expect(scopes).toBeFocused();
    await expect(scopes).toContainText("cannot stand on one key");
    await apiKeys.question.getByRole("checkbox", { name: "keys:read" }).uncheck();
    await apiKeys.submit.click();
    await apiKeys.save();
    await apiKeys.done.click();
    await apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" }).click();
    await expect(page.locator(".facts")).toContainText(["invoices:read"]);
  });

  test("says beside each field what to mend, and goes to the first", async ({ apiKeys, tenant, watch }) => {
    watch.expect(/status of 422/);
    await tenant.createKey("Billing sync");
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "", description: "x".repeat(501), expiration: "Custom" });
    await apiKeys.question.getByLabel("Expires on").fill("");
    await apiKeys.submit.click();
    const name = apiKeys.field("Name");
    await expect(name).toBeFocused();
    await expect(name).toHaveAccessibleDescription(/Enter a name\./);
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(apiKeys.field("Description")).toHaveAccessibleDescription(/Use 500 characters or fewer; this has 501\./);
    await expect(apiKeys.question.getByLabel("Expires on")).toHaveAccessibleDescription(/Choose a date\./);

    await apiKeys.fillIn({ name: "Nightly export" });
    await apiKeys.submit.click();
    await expect(apiKeys.field("Description")).toBeFocused();
    await expect(name).not.toHaveAttribute("aria-invalid");

    await apiKeys.fillIn({ name: "billing SYNC", description: "", expiration: "7 days" });
    await apiKeys.submit.click();
    await expect(name).toBeFocused();
    await expect(name).toHaveAccessibleDescription(
      /Production already has a key called “billing SYNC”\. Choose another name\./,
    );
    await expect(apiKeys.submit).toBeEnabled();
  });

  test("shows the date of a custom expiration only when it is chosen", async ({ page, apiKeys }) => {
    await apiKeys.create.click();
    const date = apiKeys.question.getByLabel("Expires on");
    await expect(apiKeys.question.getByRole("radio", { name: "90 days" })).toBeChecked();
    await expect(date).toBeHidden();
    await apiKeys.fillIn({ expiration: "No expiration" });
    await expect(apiKeys.question.getByText("This key works until someone removes it.")).toBeVisible();
    await page.keyboard.press("ArrowUp");
    await expect(apiKeys.question.getByRole("radio", { name: "Custom" })).toBeChecked();
    await expect(date).toBeVisible();
    await expect(date).not.toHaveValue("");
  });

  test("makes one key of a double click", async ({ apiKeys }) => {
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync" });
    await apiKeys.submit.dblclick();
    await expect(apiKeys.secret).toBeVisible();
    await apiKeys.open();
    await expect(apiKeys.rows).toHaveCount(1);
  });

  test("can be sent again after a lost answer, and makes no second key", async ({ page, apiKeys, watch }) => {
    watch.expect(/net::ERR_FAILED/, /status of 409/);
    await page.route("**/_fn/create_key", async (route) => {
      await route.fetch();
      await route.abort();
    }, { times: 1 });
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync" });
    await apiKeys.submit.click();
    await expect(apiKeys.question).toContainText("We didn't hear back.");
    await apiKeys.submit.click();
    await expect(page.getByRole("heading", { name: "This key was already created" })).toBeVisible();
    await apiKeys.open();
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(apiKeys.cell("Billing sync", "Status")).toContainText("Secret never shown");
  });

  test("keeps what was typed when the session has ended", async ({ page, apiKeys, watch }) => {
    watch.expect(/status of 401/);
    await apiKeys.create.click();
    await apiKeys.fillIn({ name: "Billing sync" });
    await page.context().clearCookies();
    await apiKeys.submit.click();
    await expect(page.getByTestId("session-warning")).toContainText("Your session ended");
    await expect(apiKeys.field("Name")).toHaveValue("Billing sync");
  });

  test("does not open at the limit, and says why", async ({ page, apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await tenant.set("--max-keys-per-environment", "1");
    await apiKeys.open();
    await apiKeys.create.focus();
    await expect(apiKeys.create).toBeFocused();
    await expect(apiKeys.create).toHaveAccessibleDescription(/1 of 1 keys used in Production\./);
    await page.keyboard.press("Enter");
    await expect(apiKeys.announcer).toContainText("1 of 1 keys used in Production.");
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});
