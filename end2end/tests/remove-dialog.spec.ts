import { expect, test } from "../keyline/fixtures.ts";
import { exchange, metadata } from "../keyline/machine.ts";

test.describe("the remove dialog", { tag: "@wasm" }, () => {
  test("names what happens and offers the safe way out first", async ({ page, apiKeys, tenant }) => {
    const key = await tenant.createKey("Billing sync");
    await apiKeys.enter();
    for (const leave of ["Escape", "Cancel", "Back"]) {
      await apiKeys.askToRemove("Billing sync");
      const dialog = page.getByRole("alertdialog", { name: "Remove “Billing sync”?" });
      await expect(dialog).toHaveAccessibleDescription(
        /It stops working for new access tokens at once, in Production, and can't be restored\..*Never used\./,
      );
      await expect(dialog).toContainText(key.client_id);
      await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
      await expect(apiKeys.confirmName).toBeHidden();
      await expect(page).toHaveURL(`${apiKeys.path}/${key.client_id}/remove`);
      if (leave === "Escape") await page.keyboard.press("Escape");
      else if (leave === "Cancel") await page.keyboard.press("Enter");
      else await page.goBack();
      await expect(dialog, leave).toBeHidden();
      await expect(page).toHaveURL(apiKeys.path);
      await expect(apiKeys.menuButton("Billing sync"), leave).toBeFocused();
    }
  });

  test("waits for its answer, whoever is in a hurry", async ({ page, apiKeys, tenant }) => {
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await apiKeys.open("?status=active");
    await apiKeys.askToRemove("Billing sync");
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route("**/remove", async (route) => {
      await held;
      await route.continue();
    });
    await apiKeys.confirmRemoval.click();
    await expect(apiKeys.question.getByRole("button", { name: "Removing…" })).toBeVisible();
    for (const press of ["Escape", "Escape", "Escape"]) await page.keyboard.press(press);
    await page.evaluate(() => history.back());
    await expect(apiKeys.question.getByRole("button", { name: "Removing…" })).toBeVisible();
    release();
    await expect(apiKeys.toast).toHaveText("Billing sync was removed.");
    await expect(page).toHaveURL(`${apiKeys.path}?status=active`);
  });

  test("moves the focus to the next row, the previous one, the heading", async ({ page, apiKeys, tenant }) => {
    for (const name of ["C", "B", "A"]) {
      await tenant.createKey(name);
    }
    await apiKeys.enter();
    for (const [name, focused] of [
      ["B", apiKeys.menuButton("C")],
      ["C", apiKeys.menuButton("A")],
      ["A", page.getByRole("heading", { name: "API Keys", level: 1 })],
    ] as const) {
      await apiKeys.askToRemove(name);
      await apiKeys.confirmRemoval.click();
      await expect(apiKeys.toast).toHaveText(`${name} was removed.`);
      await expect(apiKeys.announcer).toHaveText(`${name} was removed.`);
      await expect(apiKeys.row(name)).toBeHidden();
      await expect(focused).toBeFocused();
      await expect(page).toHaveURL(apiKeys.path);
    }
    await expect(page.getByRole("heading", { name: "No keys in Production yet" })).toBeVisible();
    await page.getByRole("combobox", { name: "Status" }).selectOption("Removed");
    await expect(apiKeys.rows).toHaveCount(3);
  });

  test("wants the name of a key in use", async ({ page, apiKeys, tenant, server, watch }) => {
    watch.expect(/status of 422/);
    const key = await tenant.createKey("Billing sync");
    const { token_endpoint } = await metadata(server.origin);
    await exchange(token_endpoint, key.client_id, key.client_secret);
    await apiKeys.enter();
    await apiKeys.seeUse("Billing sync");
    await apiKeys.askToRemove("Billing sync");
    await expect(apiKeys.question).toContainText(/Last used just now from (127\.0\.0\.1|::1)\./);
    await expect(apiKeys.confirmName).toBeFocused();
    await apiKeys.confirmName.fill("Billing");
    await page.keyboard.press("Enter");
    await expect(apiKeys.confirmName).toHaveAccessibleDescription(/That doesn't match “Billing sync”\./);
    await expect(apiKeys.confirmName).toBeFocused();
    await expect(apiKeys.confirmName).toHaveValue("Billing");
    await apiKeys.confirmName.fill("billing sync");
    await page.keyboard.press("Enter");
    await expect(apiKeys.toast).toHaveText("Billing sync was removed.");
  });

  test("over the key's own page leads to the list, which says so", async ({ page, apiKeys, tenant }) => {
    const key = await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await page.goto(`${apiKeys.path}/${key.client_id}`);
    await apiKeys.ready();
    await page.getByRole("main").getByRole("button", { name: /actions/i }).click();
    await page.getByRole("menuitem", { name: "Remove…" }).click();
    await apiKeys.confirmRemoval.click();
    await expect(page).toHaveURL(apiKeys.path);
    await expect(page.getByRole("status").filter({ hasText: "Billing sync was removed." })).toBeFocused();
    await page.reload();
    await expect(page.getByText("Billing sync was removed."), "once").toBeHidden();
  });

  test("says when somebody else was quicker", async ({ apiKeys, tenant, watch }) => {
    watch.expect(/status of 409/);
    const key = await tenant.createKey("Billing sync");
    await apiKeys.enter();
    await apiKeys.askToRemove("Billing sync");
    await tenant.revokeKey(key);
    await apiKeys.confirmRemoval.click();
    await expect(apiKeys.question).toContainText("This key was removed by");
    await expect(apiKeys.confirmRemoval).toBeHidden();
    await apiKeys.question.getByRole("link", { name: "Back to the list" }).click();
    await expect(apiKeys.question).toBeHidden();
    await expect(apiKeys.row("Billing sync")).toBeHidden();
  });
});
