import type { Page, Response } from "@playwright/test";

import { expect, test } from "../keyline/fixtures.ts";

/** Bytes of a response's body as they travelled. */
async function transferred(response: Response): Promise<number> {
  // A font is compressed by itself.
  const encoding = response.url().endsWith(".woff2") ? undefined : "br";
  expect.soft(response.headers()["content-encoding"], response.url()).toBe(encoding);
  return (await response.request().sizes()).responseBodySize;
}

/** How much the layout has moved by itself since the page began to load. */
const layoutShift = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((settle) => {
        let sum = 0;
        const add = (entries: PerformanceEntryList) => {
          for (const entry of entries as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
            if (!entry.hadRecentInput) sum += entry.value;
          }
        };
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            add(observer.takeRecords());
            settle(sum);
          }),
        );
      }),
  );

test.describe("the list of 50 keys", { tag: "@wasm" }, () => {
  test.beforeEach(async ({ tenant }) => {
    for (let number = 1; number <= 50; number++) {
      await tenant.createKey(`Service ${number}`, "--description", `Runs in cluster ${number % 7}, team ${number % 5}`);
    }
  });

  test("loads files within their budgets", async ({ page, apiKeys }) => {
    const responses: Response[] = [];
    page.on("response", (response) => responses.push(response));
    await apiKeys.enter();
    await expect(apiKeys.rows).toHaveCount(50);
    const total = async (matches: RegExp) => {
      const matching = responses.filter((response) => matches.test(new URL(response.url()).pathname));
      expect(matching).not.toHaveLength(0);
      const sizes = await Promise.all(matching.map(transferred));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    expect.soft(await total(/\.wasm$/), "WebAssembly").toBeLessThanOrEqual(120_000);
    expect.soft(await total(/\.js$/), "JavaScript").toBeLessThanOrEqual(7_000);
    expect.soft(await total(/\.css$/), "CSS").toBeLessThanOrEqual(12_000);
    expect.soft(await total(/\.woff2$/), "fonts").toBeLessThanOrEqual(45_000);
    expect.soft(responses, "each file once").toHaveLength(new Set(responses.map((response) => response.url())).size);
  });

  test("its HTML travels within its budget", async ({ page, apiKeys }) => {
    const answer = page.waitForResponse((response) => new URL(response.url()).pathname === apiKeys.path);
    await apiKeys.enter();
    expect(await transferred(await answer)).toBeLessThanOrEqual(14_000);
  });

  test("does not move while it comes to life or is searched", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    await apiKeys.search.fill("Service 1");
    await expect(apiKeys.announcer).toHaveText("11 keys match");
    await apiKeys.search.fill("");
    await expect(apiKeys.rows).toHaveCount(50);
    expect(await layoutShift(page)).toBeLessThanOrEqual(0.02);
  });
});
