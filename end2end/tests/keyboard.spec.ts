import { expect, test } from "../keyline/fixtures.ts";

test("a key is created and removed with the keyboard alone", { tag: "@wasm" }, async ({ page, apiKeys, tenant }) => {
  const focused = page.locator(":focus");
  const press = (key: string) => page.keyboard.press(key);
  /** Tabs on to a control, as someone does who knows where it is. */
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 30; presses++) {
      await press("Tab");
      const label = await focused.evaluate((element) => element.getAttribute("aria-label") ?? element.textContent?.trim());
      if (label === name) return;
    }
    throw new Error(`${name} cannot be reached`);
  };
  await tenant.createKey("Nightly export");
  await apiKeys.enter();

  await press("Tab");
  await expect(focused).toHaveText("Skip to content");
  await expect(focused).toBeInViewport();
  await press("Enter");
  await press("Tab");
  await expect(focused).toHaveText("Create API Key");
  await press("Enter");

  await expect(focused).toHaveAccessibleName("Name");
  await expect(focused).toHaveAccessibleDescription("What will use it? For example: Billing sync.");
  await page.keyboard.type("Billing sync");
  await press("Tab");
  await expect(focused).toHaveAccessibleName("Description (optional)");
  await press("Tab");
  await expect(focused).toHaveAccessibleName(/^Exchange it for access tokens/);
  await press("Tab");
  await expect(focused).toHaveAccessibleName(/^The organization/);
  await press("Tab");
  await expect(focused).toHaveAccessibleName(/^90 days \d+ \w+ \d{4}$/);
  await press("ArrowUp");
  await expect(focused).toHaveAccessibleName(/^30 days/);
  await expect(focused).toBeChecked();
  await press("Tab");
  await expect(focused).toHaveText("Create API Key");
  await press("Enter");

  await expect(focused).toHaveText("API key created");
  await press("Tab");
  await expect(focused).toHaveAccessibleName("Client secret");
  await press("Tab");
  await expect(focused).toHaveText("Hide");
  await press("Tab");
  await expect(focused).toHaveText("Copy key");
  await press("Enter");
  await expect(apiKeys.announcer).toHaveText("API key copied");
  await tabTo("Done");
  await press("Enter");
  await expect(focused).toHaveText("Billing sync");
  await expect(apiKeys.announcer).toHaveText("Billing sync was added to Production.");

  await tabTo("Actions for Billing sync");
  await press("Enter");
  await expect(focused).toHaveText("View details");
  await press("End");
  await expect(focused).toHaveText("Remove…");
  await press("Enter");
  await expect(page.getByRole("alertdialog", { name: "Remove “Billing sync”?" })).toBeVisible();
  await expect(focused).toHaveText("Cancel");
  await tabTo("Remove key");
  await press("Enter");
  await expect(apiKeys.announcer).toHaveText("Billing sync was removed.");
  await expect(focused).toHaveAccessibleName("Actions for Nightly export");
});
