import { expect, test } from "../keyline/fixtures.ts";
import { exchange, metadata } from "../keyline/machine.ts";

test("a key is suspended and re-approved", async ({ apiKeys, tenant, server }) => {
  const { token_endpoint } = await metadata(server.origin);
  const key = await tenant.createKey("Billing sync");
  const status = async () => (await exchange(token_endpoint, key.client_id, key.client_secret)).status;
  expect(await status()).toBe(200);
  await apiKeys.enter();
  await apiKeys.seeUse("Billing sync");

  await apiKeys.ask("Billing sync", "Suspend…");
  await apiKeys.field("Reason").fill("Contract under review");
  await apiKeys.answer("Suspend key");
  expect(await status()).toBe(401);
  await apiKeys.open("?status=suspended");
  await expect(apiKeys.cell("Billing sync", "Status")).toHaveText("Suspended");

  await apiKeys.ask("Billing sync", "Re-approve…");
  await expect(apiKeys.question).toContainText("It works again straight away and still expires on");
  await apiKeys.answer("Re-approve key");
  expect(await status()).toBe(200);
  await apiKeys.open();
  await expect(apiKeys.cell("Billing sync", "Status")).toHaveText("Active");
});

test("a rotation lets both secrets work, until the old one is ended", async ({ page, apiKeys, tenant, server }) => {
  const { token_endpoint } = await metadata(server.origin);
  const key = await tenant.createKey("Billing sync");
  const status = async (secret: string) => (await exchange(token_endpoint, key.client_id, secret)).status;
  await apiKeys.enter();
  await apiKeys.ask("Billing sync", "Rotate…");
  await expect(apiKeys.question.getByRole("radio", { name: /^24 hours/ })).toBeChecked();
  await apiKeys.answer("Rotate key");

  const heading = apiKeys.question.getByRole("heading", { name: "New secret for “Billing sync”" });
  await expect(heading).toBeVisible();
  await expect(apiKeys.question).toContainText("The previous secret works until");
  const secret = await apiKeys.secret.inputValue();
  expect(secret).not.toBe(key.client_secret);
  expect(await status(key.client_secret)).toBe(200);
  expect(await status(secret)).toBe(200);
  await apiKeys.ready();
  await apiKeys.save();
  await apiKeys.done.click();
  await expect(page.getByTestId("secret-field")).toBeHidden();

  await apiKeys.open(`/${key.client_id}`);
  await expect(page.getByRole("definition").filter({ hasText: "End previous secret now" })).toBeVisible();
  const end = page.getByRole("main").getByRole("link", { name: "End previous secret now" });
  await end.click();
  await expect(page.getByRole("heading", { name: "End the previous secret of “Billing sync” now?" })).toBeVisible();
  await expect(apiKeys.question).toContainText("The previous secret was last used");
  await apiKeys.question.getByRole("button", { name: "End previous secret" }).click();
  await expect(end).toBeHidden();
  expect(await status(key.client_secret)).toBe(401);
  expect(await status(secret)).toBe(200);
});

test("a rotation may stop the old secret at once", async ({ page, apiKeys, tenant, server }) => {
  const { token_endpoint } = await metadata(server.origin);
  const key = await tenant.createKey("Billing sync");
  await apiKeys.enter();
  await apiKeys.ask("Billing sync", "Rotate…");
  const warning = apiKeys.question.getByText("Anything still using the current secret fails immediately.");
  await expect(warning).toBeHidden();
  await apiKeys.question.getByRole("radio", { name: /^Stop now/ }).check();
  await expect(warning).toBeVisible();
  await apiKeys.answer("Rotate key");
  await expect(page.getByRole("heading", { name: "New secret for “Billing sync”" })).toBeVisible();
  const secret = await page.getByTestId("secret-field").inputValue();
  expect((await exchange(token_endpoint, key.client_id, key.client_secret)).status).toBe(401);
  expect((await exchange(token_endpoint, key.client_id, secret)).status).toBe(200);
});

test("a key gets another name, but not one that is taken", async ({ apiKeys, tenant, watch }) => {
  watch.expect(/status of 4(09|22)/);
  await tenant.createKey("Nightly export");
  await tenant.createKey("Billing sync");
  await apiKeys.enter();
  await apiKeys.ask("Billing sync", "Edit name and description");
  await apiKeys.fillIn({ name: "nightly EXPORT", description: "Payments team" });
  await apiKeys.question.getByRole("button", { name: "Save changes" }).click();
  await expect(apiKeys.field("Name")).toHaveAccessibleDescription(/Production already has a key called “nightly EXPORT”\./);
  await expect(apiKeys.field("Description")).toHaveValue("Payments team");
  await apiKeys.fillIn({ name: "Billing" });
  await apiKeys.answer("Save changes");
  await apiKeys.open();
  await expect(apiKeys.row("Billing")).toContainText("Payments team");
  await expect(apiKeys.row("Billing sync")).toBeHidden();
});

test("removing offers to suspend instead", async ({ apiKeys, tenant }) => {
  await tenant.createKey("Billing sync");
  await apiKeys.enter();
  await apiKeys.askToRemove("Billing sync");
  await apiKeys.question.getByRole("link", { name: "Suspend it instead" }).click();
  await expect(apiKeys.question.getByRole("heading", { name: "Suspend “Billing sync”?" })).toBeVisible();
  await apiKeys.answer("Suspend key");
  await apiKeys.open();
  await expect(apiKeys.cell("Billing sync", "Status")).toHaveText("Suspended");
});

test("what was typed into a question is not lost without another", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
  await tenant.createKey("Billing sync", "--description", "Payments team");
  await apiKeys.enter();
  for (const [label, field, question] of [
    ["Edit name and description", "Description", "Discard your changes?"],
    ["Suspend…", "Reason", "Discard your reason?"],
  ] as const) {
    for (const leave of ["Escape", "Cancel", "Back"]) {
      await apiKeys.ask("Billing sync", label);
      await apiKeys.field(field).fill("Contract under review");
      if (leave === "Escape") await page.keyboard.press("Escape");
      else if (leave === "Cancel") await apiKeys.question.getByRole("button", { name: "Cancel" }).click();
      else await page.evaluate(() => history.back());
      const asked = apiKeys.question.getByRole("group", { name: question });
      await expect(asked.getByRole("button", { name: "Keep editing" })).toBeFocused();
      await page.keyboard.press("Enter");
      await expect(asked).toBeHidden();
      await expect(apiKeys.field(field)).toHaveValue("Contract under review");
      await page.keyboard.press("Escape");
      await asked.getByRole("button", { name: "Discard" }).click();
      await expect(page.getByRole("dialog")).toBeHidden();
      await expect(page).toHaveURL(apiKeys.path);
      await expect(apiKeys.menuButton("Billing sync")).toBeFocused();
    }
  }
  await expect(apiKeys.row("Billing sync")).toContainText("Payments team");
});

test("the dialog of a question closes and leaves things as they are", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
  const key = await tenant.createKey("Billing sync");
  await apiKeys.enter();
  for (const [label, below] of [
    ["Edit name and description", "edit"],
    ["Suspend…", "suspend"],
    ["Rotate…", "rotate"],
  ] as const) {
    await apiKeys.ask("Billing sync", label);
    await expect(apiKeys.question).toBeVisible();
    await expect(page).toHaveURL(`${apiKeys.path}/${key.client_id}/${below}`);
    await page.keyboard.press("Escape");
    await expect(apiKeys.question).toBeHidden();
    await expect(page).toHaveURL(apiKeys.path);
    await expect(apiKeys.menuButton("Billing sync"), label).toBeFocused();
  }
  await expect(apiKeys.rows).toHaveCount(1);
});
