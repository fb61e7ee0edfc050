import { fileURLToPath } from "node:url";

import { expect, test } from "../keyline/fixtures.ts";
import { exchange, metadata } from "../keyline/machine.ts";
import { still } from "../keyline/still.ts";
import { Tenant } from "../keyline/tenant.ts";
import { ApiKeys, type NewKey } from "../pages/api-keys.ts";

const FOLDER = new URL("../../docs/pictures/", import.meta.url);

/** Oldest first; those without `unused` have been exchanged for a token. */
const KEYS: (NewKey & { name: string; unused?: boolean })[] = [
  { name: "Nightly export", description: "Finance data warehouse", expiration: "No expiration" },
  { name: "Search indexer", description: "Until the new cluster is ready", expiration: "Custom" },
  { name: "Warehouse loader", use: "Send it as it is", expiration: "30 days", unused: true },
  { name: "Reporting dashboard", description: "Read by the finance department", expiration: "1 year" },
  { name: "Billing sync", description: "Payments team, billing cluster" },
];

test("pictures for the documentation", { tag: "@wasm" }, async ({ page, program, server }) => {
  test.skip(!process.env.KEYLINE_PICTURES, "taken only when KEYLINE_PICTURES is set");
  const tenant = await Tenant.make(program, [], "acme");
  const apiKeys = new ApiKeys(page, tenant, true);
  const { token_endpoint } = await metadata(server.origin);
  const take = async (name: string) => {
    await still(page);
    const path = fileURLToPath(new URL(`${name}.png`, FOLDER));
    await page.screenshot({ path, animations: "disabled", caret: "hide", scale: "css" });
  };
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1360, height: 820 });
  await apiKeys.enter();
  for (const key of KEYS) {
    await apiKeys.open();
    await apiKeys.create.click();
    await apiKeys.fillIn(key);
    if (key.expiration === "Custom") {
      const date = apiKeys.question.getByLabel("Expires on");
      await date.fill((await date.getAttribute("min"))!);
    }
    await apiKeys.submit.click();
    await page.mouse.move(0, 0);
    await expect(apiKeys.secret).not.toHaveValue("");
    const clientId = await apiKeys.clientId.inputValue();
    const secret = await apiKeys.secret.inputValue();
    if (key.name === "Billing sync") await take("key-created");
    if (!key.unused) await exchange(token_endpoint, clientId, secret);
    await apiKeys.done.click();
    await apiKeys.guard.getByRole("button", { name: "Close without copying" }).click();
    await expect(apiKeys.row(key.name)).toBeVisible();
  }
  for (const { name } of KEYS.filter(({ unused }) => !unused)) {
    await apiKeys.seeUse(name);
  }

  await apiKeys.open();
  await apiKeys.create.click();
  await apiKeys.fillIn({ name: "Support inbox", description: "Answers tickets; owned by Tom Okafor" });
  await take("create-key");
  for (const [name, colorScheme, width, height] of [
    ["api-keys", "light", 1440, 680],
    ["api-keys-dark", "dark", 1440, 680],
    ["api-keys-narrow", "light", 320, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await apiKeys.open();
    await take(name);
  }
});
