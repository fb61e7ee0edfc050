import { expect, test } from "../keyline/fixtures.ts";
import { Program } from "../keyline/program.ts";
import { signIn } from "../pages/sign-in.ts";

test.describe("first run", () => {
  /** A program that nobody has set up. */
  const fresh = test.extend<{ setUpLink: string }>({
    setUpLink: async ({}, use) => {
      const program = await Program.make();
      const server = await program.serve();
      await expect.poll(() => server.output.join("\n")).toContain("/setup/");
      await use(server.output.join("\n").match(/http\S+/)![0]);
      expect(await server.stop()).toBe(0);
      await program.remove();
    },
    baseURL: async ({ setUpLink }, use) => {
      await use(new URL(setUpLink).origin);
    },
  });

  fresh("the printed link makes the first organization, once", async ({ page, setUpLink, watch }) => {
    const ana = { name: "Ana Reyes", email: "ana@acme.test", password: "lichen otter quartz 41" };
    watch.expect(/status of 422/, /status of 404/);

    await page.goto(setUpLink);
    await expect(page.getByRole("heading", { name: "Set up Keyline" })).toBeVisible();
    const organization = page.getByRole("group", { name: "Organization" });
    await organization.getByRole("textbox", { name: "Name", exact: true }).fill("Acme Corp");
    await organization.getByRole("textbox", { name: "Short name" }).fill("acme");
    await page.getByRole("textbox", { name: "Your name" }).fill(ana.name);
    await page.getByRole("textbox", { name: "E-mail" }).fill(ana.email);
    const password = page.getByLabel("Password");
    await password.fill("passwordpassword");
    await page.getByRole("button", { name: "Set up" }).click();

    await expect(page).toHaveTitle("Error: Set up Keyline");
    await expect(page.getByRole("heading", { name: "1 thing to fix" })).toBeFocused();
    await expect(organization.getByRole("textbox", { name: "Short name" })).toHaveValue("acme");
    await expect(password).toHaveValue("");
    await password.fill(ana.password);
    await page.getByRole("button", { name: "Set up" }).click();

    await signIn(page, ana);
    await expect(page).toHaveURL("/t/acme/settings/api-keys/production");
    await expect(page.getByRole("heading", { name: "No keys in Production yet" })).toBeVisible();
    await page.goto(setUpLink);
    await expect(page.getByRole("heading", { name: "This link doesn't work any more." })).toBeVisible();
  });
});
