import { expect, test } from "../keyline/fixtures.ts";
import { exchange, metadata } from "../keyline/machine.ts";

const NAMES = ["Billing sync", "Nightly export", "Old CI"];

test("several keys are suspended and removed", async ({ page, apiKeys, tenant, world }) => {
  for (const name of NAMES) await tenant.createKey(name);
  await apiKeys.enter();
  const bar = page.getByTestId("bulk-bar");
  if (world === "no-script") {
    await expect(bar, "its buttons are always there").toBeVisible();
  } else {
    await expect(bar).toBeHidden();
  }
  const tick = async (...names: string[]) => {
    for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  };
  await tick("Billing sync", "Old CI");
  await bar.getByRole("button", { name: "Suspend" }).click();
  await expect(page.getByRole("heading", { name: "Suspend 2 keys?", level: 1 })).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("Nightly export");
  await page.getByRole("radio", { name: /^Stop them now/ }).check();
  await page.getByRole("textbox", { name: "Reason" }).fill("Contract under review");
  await page.getByRole("button", { name: "Suspend 2 keys" }).click();
  await expect(page.getByText("2 keys were suspended.")).toBeVisible();
  await expect(apiKeys.cell("Old CI", "Status")).toHaveText("Suspended");
  await expect(apiKeys.cell("Nightly export", "Status")).toHaveText("Active");

  await apiKeys.ready();
  await tick(...NAMES);
  await bar.getByRole("button", { name: "Re-approve" }).click();
  await expect(page.getByRole("heading", { name: "1 key can't be re-approved" })).toBeVisible();
  await expect(page.getByText("It is not suspended.")).toBeVisible();
  await page.getByRole("link", { name: "Cancel" }).click();

  await apiKeys.ready();
  await tick(...NAMES);
  await bar.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove 3 keys" }).click();
  await expect(page.getByText("3 keys were removed.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No keys in Production yet" })).toBeVisible();
});

test("keys in use ask for a confirmation", async ({ page, apiKeys, tenant, server, watch }) => {
  watch.expect(/status of 422/);
  const { token_endpoint } = await metadata(server.origin);
  const used = await tenant.createKey("Billing sync");
  await tenant.createKey("Nightly export");
  await exchange(token_endpoint, used.client_id, used.client_secret);
  await apiKeys.enter();
  await apiKeys.seeUse("Billing sync");
  for (const name of ["Billing sync", "Nightly export"]) {
    await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  }
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Remove" }).click();
  const confirmation = page.getByRole("textbox", { name: "Confirmation" });
  await page.getByRole("button", { name: "Remove 2 keys" }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole("heading", { name: "1 thing to fix" })).toBeFocused();
  await expect(confirmation).toHaveAccessibleDescription(/That doesn't match “remove 2 keys”\./);
  await confirmation.fill("remove 2 keys");
  await page.getByRole("button", { name: "Remove 2 keys" }).click();
  await expect(page.getByText("2 keys were removed.")).toBeVisible();
});

test("what could not be done is said, and can be tried again", async ({ page, apiKeys, tenant }) => {
  const [billing, nightly] = [await tenant.createKey("Billing sync"), await tenant.createKey("Nightly export")];
  await apiKeys.enter();
  for (const { name } of [billing, nightly]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Suspend" }).click();
  await tenant.revokeKey(nightly);
  await page.getByRole("button", { name: "Suspend 2 keys" }).click();
  await expect(page.getByRole("heading", { name: "1 suspended, 1 could not be suspended" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("This key was removed, which is final.");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "1 key can't be suspended" })).toBeVisible();
  await page.getByRole("link", { name: "Back to the list" }).click();
  await expect(apiKeys.cell("Billing sync", "Status")).toHaveText("Suspended");
});

test("a page of keys, and all that match, are ticked at once", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
  for (let number = 1; number <= 27; number++) await tenant.createKey(`Service ${number}`);
  await apiKeys.enter();
  await apiKeys.open("?per=25&sort=name");
  const bar = page.getByTestId("bulk-bar");
  const all = page.getByRole("checkbox", { name: "Select all 25 on this page" });
  await expect(bar).toBeHidden();
  const top = (await page.getByTestId("keys-table").boundingBox())!.y;
  await page.getByRole("checkbox", { name: "Select Service 1", exact: true }).check();
  await expect(bar).toContainText("1 selected");
  await expect(apiKeys.announcer).toHaveText("1 selected");
  expect((await page.getByTestId("keys-table").boundingBox())!.y, "nothing moves").toBe(top);
  await expect(all).toHaveJSProperty("indeterminate", true);
  await all.check();
  await expect(bar).toContainText("25 selected");
  await bar.getByRole("link", { name: "Clear" }).click();
  await expect(bar).toBeHidden();
  await expect(all).toBeFocused();
  await expect(all).not.toBeChecked();

  await all.check();
  await bar.getByRole("link", { name: "Select all 27 that match" }).click();
  await expect(bar).toContainText("27 selected");
  await apiKeys.ready();
  await bar.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove 27 keys" }).click();
  await expect(page.getByText("27 keys were removed.")).toBeVisible();
});
