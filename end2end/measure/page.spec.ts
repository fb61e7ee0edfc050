import { writeFile } from "node:fs/promises";

import { type Browser, test } from "@playwright/test";

/** What Chromium's developer tools mean by *Fast 4G*. */
const FAST_4G = {
  offline: false,
  latency: 60 * 2.75,
  downloadThroughput: (9_000_000 / 8) * 0.9,
  uploadThroughput: (1_500_000 / 8) * 0.9,
};

/** How many times slower than this machine the browser computes. */
const SLOW_DOWN = 4;

interface Loaded {
  firstPaintMs: number;
  largestPaintMs: number;
  layoutShift: number;
}

/** What the browser has noted of the page until its next frames (web.dev/articles/vitals). */
function vitals(): Promise<Loaded> {
  const noted = (type: string) =>
    new Promise<PerformanceEntryList>((settle) => {
      const entries: PerformanceEntryList = [];
      const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
      observer.observe({ type, buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => settle([...entries, ...observer.takeRecords()])));
    });
  const all = ["paint", "largest-contentful-paint", "layout-shift"].map(noted);
  return Promise.all(all).then(([paints, largest, shifts]) => ({
    firstPaintMs: paints!.find(({ name }) => name === "first-contentful-paint")!.startTime,
    largestPaintMs: largest!.at(-1)!.startTime,
    layoutShift: (shifts as (PerformanceEntry & { value: number })[]).reduce((sum, { value }) => sum + value, 0),
  }));
}

async function load(browser: Browser, url: URL, cookie: string): Promise<Loaded> {
  const context = await browser.newContext();
  const [name, value] = cookie.split("=") as [string, string];
  await context.addCookies([{ name, value, url: url.origin }]);
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", FAST_4G);
  await tools.send("Emulation.setCPUThrottlingRate", { rate: SLOW_DOWN });
  await page.goto(url.href, { waitUntil: "networkidle" });
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  const loaded = await page.evaluate(vitals);
  await context.close();
  return loaded;
}

test("a page that loads", async ({ browser }) => {
  const { MEASURE_URL, MEASURE_COOKIE, MEASURE_TIMES, MEASURE_RESULT } = process.env;
  const loads: Loaded[] = [];
  for (let time = 0; time < Number(MEASURE_TIMES); time++) {
    loads.push(await load(browser, new URL(MEASURE_URL!), MEASURE_COOKIE!));
  }
  await writeFile(MEASURE_RESULT!, JSON.stringify(loads));
});
