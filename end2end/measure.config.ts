import { defineConfig } from "@playwright/test";

import tests from "./playwright.config.ts";

/** What `cargo xtask bench` runs: the same browser as in the tests. */
export default defineConfig({
  testDir: "measure",
  timeout: 300_000,
  reporter: "line",
  use: tests.use!,
});
