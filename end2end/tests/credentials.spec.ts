import { expect, test } from "../keyline/fixtures.ts";
import { exchange, metadata } from "../keyline/machine.ts";
import { SECRET } from "../keyline/watch.ts";

test("credentials are generated from the menu of the person, and replaced", async ({ page, apiKeys, ownKeys, tenant, server, world }) => {
  const { token_endpoint } = await metadata(server.origin);
  const mia = await tenant.addMember("Mia Lindqvist");
  await ownKeys.enter(mia);
  await page.getByRole("button", { name: "Mia Lindqvist. Your account" }).click();
  await page.getByRole("link", { name: "Generate credentials" }).click();
  const main = page.getByRole("main");
  await expect(main.getByRole("heading", { name: "Your API credentials", level: 1 })).toBeVisible();
  await expect(main).toContainText("They act as you, Mia Lindqvist. If your account is deactivated they stop working.");
  await expect(main).toContainText("These are separate from the password you sign in with.");

  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await main.getByRole("button", { name: "Generate credentials" }).click();
  expect((await answer).status()).toBe(201);
  expect((await answer).headers()["cache-control"]).toBe("no-store");
  await expect(main.getByRole("heading", { name: "Your API credentials are ready" })).toBeVisible();
  await apiKeys.ready();
  const first = await main.getByTestId("secret-field").inputValue();
  expect(first).toMatch(new RegExp(`^${SECRET.source}$`));
  const clientId = await main.getByLabel("Client ID").inputValue();
  const status = async (secret: string) => (await exchange(token_endpoint, clientId, secret)).status;
  expect(await status(first)).toBe(200);
  if (world === "script") {
    await main.getByRole("tab", { name: "curl" }).click();
    await main.getByRole("button", { name: "Copy command" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`${server.origin}/oauth/token`);
    await main.getByRole("link", { name: "Done" }).click();
    await expect(page.getByTestId("secret-guard")).toContainText("you'll have to generate new ones");
    await main.getByRole("button", { name: "Copy key" }).click();
    await expect(apiKeys.announcer).toHaveText("API key copied");
  }
  await main.getByRole("link", { name: "Done" }).click();

  await apiKeys.ready();
  await expect(main).toContainText(clientId);
  expect(await page.content()).not.toMatch(SECRET);
  await main.getByRole("link", { name: "Generate new credentials" }).click();
  await expect(apiKeys.question.getByRole("heading", { name: "Replace your credentials?" })).toBeVisible();
  if (world === "script") {
    await expect(page.getByRole("alertdialog")).toHaveAccessibleDescription(
      /Your current client secret stops working now, wherever it is in use\./,
    );
    await expect(apiKeys.question.getByRole("button", { name: "Cancel" })).toBeFocused();
  }
  await apiKeys.question.getByRole(world === "script" ? "button" : "link", { name: "Cancel" }).click();
  expect(await status(first)).toBe(200);

  await main.getByRole("link", { name: "Generate new credentials" }).click();
  await apiKeys.question.getByRole("button", { name: "Replace credentials" }).click();
  await expect(main.getByRole("heading", { name: "Your new API credentials are ready" })).toBeVisible();
  const second = await main.getByTestId("secret-field").inputValue();
  await ownKeys.save();
  await ownKeys.done.click();
  await expect(page.getByTestId("secret-field")).toBeHidden();
  expect(await status(first)).toBe(401);
  expect(await status(second)).toBe(200);
});

test("a reload generates nothing again", { tag: "@plain" }, async ({ page, ownKeys, tenant }) => {
  await ownKeys.enter(await tenant.addMember("Mia Lindqvist"));
  await page.goto(`/t/${tenant.slug}/me/credentials`);
  await page.getByRole("button", { name: "Generate credentials" }).click();
  await expect(page.getByTestId("secret-field")).toHaveValue(SECRET);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Your credentials were already generated" })).toBeVisible();
  expect(await page.content()).not.toMatch(SECRET);
  await page.getByRole("link", { name: "Your API credentials" }).click();
  await expect(page.getByRole("link", { name: "Generate new credentials" })).toBeVisible();
});

test("a plan without them says so, and stops nothing", async ({ page, ownKeys, tenant, watch }) => {
  watch.expect(/status of 403/);
  await tenant.set("--plan", "free");
  await ownKeys.enter(await tenant.addMember("Mia Lindqvist"));
  await page.goto(`/t/${tenant.slug}/me/credentials`);
  const main = page.getByRole("main");
  await expect(main).toContainText("Personal credentials come with the Growth and Enterprise plans.");
  await expect(main.getByRole("button", { name: "Generate credentials" })).toBeHidden();
  await tenant.set("--plan", "growth");
  await page.reload();
  await main.getByRole("button", { name: "Generate credentials" }).click();
  await expect(page.getByTestId("secret-field")).toHaveValue(SECRET);
  await tenant.set("--plan", "free");
  await ownKeys.leave(`/t/${tenant.slug}/me/credentials`);
  await expect(main).toContainText("Client ID");
  await expect(main).toContainText("Personal credentials come with the Growth and Enterprise plans.");
});
