import { expect, test } from "../keyline/fixtures.ts";
import { exchange, metadata, verify } from "../keyline/machine.ts";
import { SECRET } from "../keyline/watch.ts";
import { signIn } from "../pages/sign-in.ts";

test("a key from its creation to its removal", async ({ page, server, tenant, apiKeys, world }) => {
  const issuer = server.origin;
  let clientId = "";
  let secret = "";
  let expires = "";

  await test.step("sign in and find no keys", async () => {
    await page.goto("/");
    await expect(page).toHaveURL("/sign-in");
    await signIn(page, tenant.admin);
    await expect(page).toHaveURL(apiKeys.path);
    await expect(page).toHaveTitle("API Keys · Production · Acme Corp — Keyline");
    await expect(page.getByRole("heading", { name: "No keys in Production yet" })).toBeVisible();
    await apiKeys.ready();
    await expect(page.locator("html[data-hydrated]"), "a world is what its name says").toHaveCount(world === "script" ? 1 : 0);
  });

  await test.step("create a key and see its secret once", async () => {
    secret = await apiKeys.createKey({
      name: "  Billing   sync ",
      description: "Payments team, runs in the billing cluster.",
      expiration: "30 days",
    });
    expect(secret).toMatch(new RegExp(`^${SECRET.source}$`));
    expect(secret).toMatch(/^kl_production_/);
    await expect(apiKeys.fact("Name")).toHaveText("Billing sync");
    await expect(apiKeys.fact("Environment")).toHaveText("Production");
    expires = await apiKeys.fact("Expires").innerText();
    clientId = await apiKeys.clientId.inputValue();
    expect(clientId).toMatch(/^kl_ci_[0-9a-z]{26}$/);
  });

  await test.step("copy it", async () => {
    if (world === "script") {
      await apiKeys.question.getByRole("button", { name: "Copy key" }).click();
      await expect(apiKeys.announcer).toHaveText("API key copied");
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    } else {
      await expect(apiKeys.secret).toHaveAttribute("readonly");
      await expect(apiKeys.question.getByRole("button", { name: "Copy key" })).toBeHidden();
    }
  });

  await test.step("find it in the list", async () => {
    await apiKeys.done.click();
    await expect(page).toHaveURL((url) => url.pathname === apiKeys.path);
    await expect(apiKeys.rows).toHaveCount(1);
    await expect(apiKeys.row("Billing sync")).toContainText("Payments team, runs in the billing cluster.");
    await expect(apiKeys.cell("Billing sync", "Client ID")).toContainText(clientId);
    await expect(apiKeys.cell("Billing sync", "Status")).toHaveText("Active");
    await expect(apiKeys.cell("Billing sync", "Last used")).toHaveText("Never");
    await expect(apiKeys.cell("Billing sync", "Expires").getByTitle(expires)).toBeVisible();
    await expect(apiKeys.cell("Billing sync", "Created")).toContainText("by Ana Reyes");
    expect(await page.content()).not.toContain(secret);
  });

  const { token_endpoint: tokenEndpoint, ...published } = await metadata(issuer);

  await test.step("a machine exchanges it, and a token verifies offline", async () => {
    expect(published.issuer).toBe(issuer);
    const answer = await exchange(tokenEndpoint, clientId, secret);
    expect(answer.status).toBe(200);
    const { access_token: token, token_type, expires_in } = JSON.parse(answer.body);
    expect({ token_type, expires_in }).toEqual({ token_type: "Bearer", expires_in: 3600 });
    const { payload, protectedHeader } = await verify(issuer, `urn:keyline:${tenant.slug}`, token);
    expect(protectedHeader).toMatchObject({ typ: "at+jwt", kid: expect.any(String) });
    expect(payload).toMatchObject({
      iss: issuer,
      aud: `urn:keyline:${tenant.slug}`,
      sub: clientId,
      client_id: clientId,
      scope: "",
      org: expect.stringMatching(/^org_/),
      env: "production",
      jti: expect.any(String),
    });
    expect(payload.exp! - payload.iat!).toBe(3600);
  });

  await test.step("remove it, which asks for the name of a key in use", async () => {
    await apiKeys.seeUse("Billing sync");
    await apiKeys.askToRemove("Billing sync");
    await expect(apiKeys.question).toContainText("Something is using this key. Type its name to confirm.");
    await apiKeys.confirmName.fill("Billing sync");
    await apiKeys.confirmRemoval.click();
    await expect(page.getByRole("heading", { name: "No keys in Production yet" })).toBeVisible();
    await expect(page).toHaveURL(apiKeys.path);
    await apiKeys.open("?status=removed");
    await expect(apiKeys.cell("Billing sync", "Status")).toContainText("Removed");
  });

  await test.step("it is refused like a client that never was", async () => {
    const removed = await exchange(tokenEndpoint, clientId, secret);
    expect(removed.status).toBe(401);
    expect(removed).toEqual(await exchange(tokenEndpoint, `kl_ci_${"0".repeat(26)}`, secret));
    expect(server.log.join("\n")).not.toContain(secret);
  });
});
