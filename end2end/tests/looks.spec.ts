import { expect, test } from "../keyline/fixtures.ts";
import { overflow } from "../keyline/layout.ts";
import { exchange, metadata } from "../keyline/machine.ts";

test.describe("at 320 px", { tag: "@wasm" }, () => {
  test.use({ viewport: { width: 320, height: 640 }, hasTouch: true });

  test("nothing has to be scrolled sideways, and rows are labelled blocks", async ({ page, apiKeys, tenant, watch }) => {
    watch.expect(/status of 422/);
    const fits = async (what: string) => {
      await test.step(what, async () => expect.soft.poll(() => overflow(page), what).toBeLessThanOrEqual(0));
    };
    await page.goto("/sign-in");
    await fits("sign in");
    for (const guide of ["first-key", "how-authentication-works", "verify-tokens", "operations"]) {
      await page.goto(`/help/${guide}`);
      await fits(`help: ${guide}`);
    }
    await apiKeys.enter();
    await fits("no keys yet");
    await tenant.createKey("An-uncommonly-long-name-without-any-place-to-break-it-in-two-64c", "--description", "x".repeat(90));
    await tenant.createKey("Billing sync");
    await apiKeys.open();
    await fits("list");
    await expect(page.getByRole("table").getByRole("row")).toHaveCount(3);
    await expect(apiKeys.row("Billing sync").getByRole("rowheader")).toContainText("Billing sync");
    await expect(apiKeys.row("Billing sync").getByRole("cell")).toHaveCount(8);
    const label = apiKeys.cell("Billing sync", "Expires").evaluate((cell) => getComputedStyle(cell, "::before").content);
    expect(await label).toContain("Expires");
    await apiKeys.menuButton("Billing sync").click();
    await fits("menu");
    await page.keyboard.press("Escape");
    await expect(apiKeys.menuItem("Remove…")).toBeHidden();
    // By keyboard: the menu moves with its button while the page is scrolled to it.
    await apiKeys.menuButton("Billing sync").press("Enter");
    await expect(apiKeys.menuItem("View details")).toBeFocused();
    await page.keyboard.press("End");
    await expect(apiKeys.menuItem("Remove…")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(apiKeys.question.getByRole("heading", { name: "Remove “Billing sync”?" })).toBeVisible();
    await fits("remove dialog");
    await page.keyboard.press("Escape");
    await expect(apiKeys.question).toBeHidden();
    await apiKeys.create.click();
    await apiKeys.submit.click();
    await expect(apiKeys.field("Name")).toHaveAttribute("aria-invalid", "true");
    await fits("create dialog");
    await apiKeys.fillIn({ name: "Nightly export", expiration: "Custom" });
    await apiKeys.submit.click();
    await expect(apiKeys.secret).toBeVisible();
    await apiKeys.done.click();
    await expect(apiKeys.guard).toBeVisible();
    await fits("secret in the dialog");
    await apiKeys.guard.getByRole("button", { name: "Close without copying" }).click();
    await apiKeys.row("Billing sync").getByRole("link", { name: "Billing sync" }).click();
    await expect(page.getByRole("heading", { name: "Billing sync", level: 1 })).toBeVisible();
    await fits("one key");
    await apiKeys.open("/new");
    await page.getByText("What may it do?").click();
    await fits("creation as a page");
    await page.goto(`/t/${tenant.slug}/me/appearance`);
    await fits("appearance");
  });
});

test("the list fits whatever the width", { tag: "@wasm" }, async ({ page, apiKeys, tenant, server }) => {
  const { token_endpoint } = await metadata(server.origin);
  const used = await tenant.createKey("Reporting dashboard", "--expires-in-days", "1");
  await exchange(token_endpoint, used.client_id, used.client_secret);
  await tenant.createKey("Warehouse loader", "--kind", "token", "--no-expiry", "--description", "Finance data warehouse");
  await apiKeys.enter();
  await apiKeys.seeUse("Reporting dashboard");
  for (const width of [480, 640, 800, 900, 1024, 1079, 1080, 1180, 1280, 1360, 1920]) {
    await page.setViewportSize({ width, height: 640 });
    expect.soft(await overflow(page), `${width} px`).toBeLessThanOrEqual(0);
    const name = apiKeys.row("Reporting dashboard").getByRole("link", { name: "Reporting dashboard" });
    const lines = name.evaluate((link) => link.getClientRects().length);
    expect.soft(await lines, `lines of the name at ${width} px`).toBeLessThanOrEqual(2);
  }
});

test.describe("for people who need it otherwise", { tag: "@wasm" }, () => {
  test("forced colours keep the lines that carry meaning", async ({ page, apiKeys, tenant }) => {
    await page.emulateMedia({ forcedColors: "active" });
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    const keyline = await apiKeys.row("Billing sync").getByRole("rowheader").evaluate((header) => {
      const { borderInlineStartWidth, borderInlineStartStyle, borderInlineStartColor } = getComputedStyle(header, "::before");
      return [borderInlineStartWidth, borderInlineStartStyle, borderInlineStartColor !== "rgba(0, 0, 0, 0)"];
    });
    expect(keyline).toEqual(["3px", "solid", true]);
    await expect(apiKeys.cell("Billing sync", "Status").getByTestId("key-status")).not.toBeEmpty();
    await apiKeys.create.focus();
    await page.keyboard.press("Tab");
    await expect(page.locator(":focus")).toHaveCSS("outline-style", "solid");
    await apiKeys.create.click();
    await expect(page.getByRole("dialog")).toHaveCSS("border-style", "solid");
    await expect(apiKeys.field("Name")).toHaveCSS("border-style", "solid");
    await expect(apiKeys.submit).toHaveCSS("border-style", "solid");
  });

  test("reduced motion moves nothing and outlines what is new", async ({ page, apiKeys, tenant }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await tenant.createKey("Nightly export");
    await apiKeys.enter();
    const moving = () =>
      page.evaluate(() =>
        document.getAnimations().filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 0).length,
      );
    await apiKeys.menuButton("Nightly export").click();
    expect(await moving()).toBe(0);
    await page.keyboard.press("Escape");
    await apiKeys.createKey({ name: "Billing sync" });
    expect(await moving()).toBe(0);
    await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
    await apiKeys.done.click();
    await expect(apiKeys.row("Billing sync")).toHaveCSS("outline-style", "solid");
    expect(await moving()).toBe(0);
  });

  test("print leaves the secret out", async ({ page, apiKeys }) => {
    await apiKeys.enter();
    const secret = await apiKeys.createKey({ name: "Billing sync" });
    await page.emulateMedia({ media: "print" });
    await expect(apiKeys.question.getByText("Secret left out of print.")).toBeVisible();
    await expect(apiKeys.secret).toBeHidden();
    for (const text of await apiKeys.question.getByText(secret).all()) {
      await expect(text).toBeHidden();
    }
    await expect(apiKeys.done).toBeHidden();
  });
});
