import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { defineConfig } from "@playwright/test";

import type { Options } from "./keyline/fixtures.ts";

/** The browser of the system where there is one; otherwise the one that Playwright has downloaded. */
function systemChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Three worlds, because the console works in each. A test runs in all of them unless its tag says otherwise:
 * `@wasm` needs the islands, `@plain` is about pages without them.
 */
export default defineConfig<Options>({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  timeout: 60_000,
  // A machine that stalls for seconds is no defect of the product; failing every time is.
  retries: process.env.CI ? 2 : 0,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: systemChromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    {
      name: "script",
      grepInvert: /@plain/,
      use: { world: "script", permissions: ["clipboard-read", "clipboard-write"] },
    },
    {
      name: "no-script",
      grepInvert: /@wasm/,
      use: { world: "no-script", javaScriptEnabled: false },
    },
    {
      name: "wasm-blocked",
      grepInvert: /@wasm/,
      use: { world: "wasm-blocked" },
    },
  ],
});
