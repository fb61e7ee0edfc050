import { expect, test } from "../keyline/fixtures.ts";
import { exchange, metadata } from "../keyline/machine.ts";

test("a member has keys of their own, and sees no others", async ({ page, ownKeys, apiKeys, tenant, server, watch }) => {
  watch.expect(/status of 403/);
  const { token_endpoint } = await metadata(server.origin);
  await tenant.createKey("Shared");
  const mia = await tenant.addMember("Mia Lindqvist");
  await ownKeys.enter(mia);
  await expect(page).toHaveTitle("Your API keys · Production · Acme Corp — Keyline");
  await expect(page.getByRole("heading", { name: "You have no keys in Production yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "API Keys", exact: true })).toHaveAttribute("aria-current", "page");

  const secret = await ownKeys.createKey({ name: "Notebook" });
  const clientId = await ownKeys.clientId.inputValue();
  expect((await exchange(token_endpoint, clientId, secret)).status).toBe(200);
  await ownKeys.save();
  await ownKeys.done.click();
  await expect(ownKeys.rows).toHaveCount(1);
  await expect(ownKeys.cell("Notebook", "Status")).toHaveText("Active");

  await ownKeys.seeUse("Notebook");
  await ownKeys.ask("Notebook", "Suspend…");
  await ownKeys.answer("Suspend key");
  expect((await exchange(token_endpoint, clientId, secret)).status).toBe(401);
  await ownKeys.open(`/${clientId}`);
  await expect(page.getByRole("main")).toContainText("OwnerYou");

  await page.goto(apiKeys.path);
  await expect(page.getByRole("heading", { name: "You can't see API keys here" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Your API keys" }).click();
  await expect(page).toHaveURL(ownKeys.path);
});

test("an administrator sees members' keys, and never their secrets", async ({ page, apiKeys, ownKeys, tenant }) => {
  const mia = await tenant.addMember("Mia Lindqvist");
  await tenant.createKey("Notebook", "--owner", mia.email);
  await apiKeys.enter();
  await expect(apiKeys.row("Notebook").getByRole("rowheader")).toContainText("owned by Mia Lindqvist");
  await apiKeys.menuButton("Notebook").click();
  const rotate = apiKeys.menuItem("Rotate…");
  await expect(rotate).toHaveAttribute("aria-disabled", "true");
  await expect(rotate).toContainText("Only its owner may see its secret.");
  await page.keyboard.press("Escape");

  await apiKeys.create.click();
  await apiKeys.fillIn({ name: "Mine", owner: "Owned by me" });
  await apiKeys.submit.click();
  await apiKeys.save();
  await apiKeys.done.click();
  await expect(apiKeys.row("Mine").getByRole("rowheader")).toContainText("owned by you");
  await page.getByRole("button", { name: "Ana Reyes. Your account" }).click();
  await page.getByRole("link", { name: "Your API keys" }).click();
  await ownKeys.ready();
  await expect(ownKeys.rows).toHaveCount(1);
  await expect(ownKeys.row("Mine")).toBeVisible();
});

test("a key may stop when its owner signs out, and waits for them", async ({ page, ownKeys, tenant }) => {
  const mia = await tenant.addMember("Mia Lindqvist");
  await ownKeys.enter(mia);
  await ownKeys.create.click();
  const box = ownKeys.question.getByRole("checkbox", { name: "Suspend it when I sign out" });
  await expect(box).toBeHidden();
  await ownKeys.fillIn({ name: "Laptop", use: "Send it as it is" });
  await box.check();
  await ownKeys.submit.click();
  await ownKeys.save();
  await ownKeys.done.click();
  await expect(ownKeys.cell("Laptop", "Status")).toHaveText("Active");

  await page.getByRole("button", { name: "Mia Lindqvist. Your account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in?signed-out");
  await ownKeys.enter(mia);
  await expect(ownKeys.cell("Laptop", "Status")).toHaveText("Suspended · owner signed out");
  await ownKeys.ask("Laptop", "Re-approve…");
  await ownKeys.answer("Re-approve key");
  await ownKeys.open();
  await expect(ownKeys.cell("Laptop", "Status")).toHaveText("Active");
});

test("a person's limit is said before they meet it", async ({ page, ownKeys, tenant }) => {
  const mia = await tenant.addMember("Mia Lindqvist");
  await tenant.createKey("Notebook", "--owner", mia.email);
  await tenant.set("--max-keys-per-user", "1");
  await ownKeys.enter(mia);
  await expect(page.getByTestId("limit-notice")).toContainText("1 of 1 keys of your own used.");
  await expect(ownKeys.create).toHaveAccessibleDescription(/1 of 1 keys of your own used\. Remove one to create another\./);
});

test("where members may own no keys, the page says so", async ({ page, ownKeys, tenant, watch }) => {
  watch.expect(/status of 403/);
  const mia = await tenant.addMember("Mia Lindqvist");
  await tenant.set("--self-service", "admins");
  await ownKeys.enter(mia);
  await expect(page.getByRole("heading", { name: "You can't own API keys here" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Ask an organization administrator: Ana Reyes.");
});
