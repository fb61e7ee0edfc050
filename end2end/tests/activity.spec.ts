import { readFile } from "node:fs/promises";

import { expect, test } from "../keyline/fixtures.ts";

test("the log is filtered, opened and exported", async ({ page, apiKeys, tenant }) => {
  const key = await tenant.createKey("Billing sync");
  await tenant.revokeKey(await tenant.createKey("Old CI"));
  await apiKeys.enter();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Activity Log" }).click();
  const rows = page.getByTestId("activity-row");
  await expect(rows.filter({ hasText: "signed in" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "removed" })).toContainText("Old CI");
  await page.getByRole("combobox", { name: "Event" }).selectOption("Created API key");
  await page.getByRole("combobox", { name: "Who" }).selectOption("Command line and server");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Key" }).fill(key.client_id);
  await page.getByRole("button", { name: "Show" }).click();
  await expect(rows).toHaveCount(1);
  await rows.getByText("Details").click();
  await expect(rows.getByRole("definition").filter({ hasText: key.client_id })).toBeVisible();

  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const file = await (await started).path();
  expect((await readFile(file, "utf8")).trim().split("\r\n")).toHaveLength(2);

  await page.getByRole("link", { name: "Yesterday" }).click();
  await expect(page.getByText("Nothing has happened yet in this period.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Yesterday" })).toHaveAttribute("aria-current", "true");
  await page.getByRole("link", { name: "Today" }).click();
  await expect(rows).toHaveCount(1);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(rows.filter({ hasText: "Old CI" })).toHaveCount(2);
  await rows.filter({ hasText: "Billing sync" }).getByRole("link", { name: "Billing sync" }).click();
  await expect(page.getByRole("heading", { name: "Billing sync", level: 1 })).toBeVisible();
});

test("a menu leads to the log of its key", async ({ page, apiKeys, tenant }) => {
  await tenant.createKey("Billing sync");
  await tenant.createKey("Nightly export");
  await apiKeys.enter();
  await apiKeys.ask("Billing sync", "View activity");
  await expect(page.getByTestId("activity-row")).toHaveCount(1);
  await expect(page.getByTestId("activity-row")).toContainText("Billing sync");
});

test("what is new is offered, and moves nothing", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
  await page.clock.install();
  await apiKeys.enter();
  await page.goto(`/t/${tenant.slug}/settings/activity`);
  await apiKeys.ready();
  const rows = page.getByTestId("activity-row");
  const before = await rows.count();
  await tenant.revokeKey(await tenant.createKey("Billing sync"));
  await page.clock.fastForward(31_000);
  await expect(page.getByRole("status").getByRole("button", { name: "2 new events" })).toBeVisible();
  expect(await rows.count()).toBe(before);
  await page.getByRole("button", { name: "2 new events" }).click();
  await expect(rows).toHaveCount(before + 2);
});
