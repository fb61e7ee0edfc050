import { expect, test } from "../keyline/fixtures.ts";
import { cutOff, lengthen, overflow } from "../keyline/layout.ts";

/** A phone, a tablet, a desk. */
const WIDTHS = [320, 768, 1440];

for (const width of WIDTHS) {
  test.describe(`words that are 40 % longer, at ${width} px`, { tag: "@wasm" }, () => {
    test.use({ viewport: { width, height: 900 } });
    test.describe.configure({ timeout: 120_000 });

    test("leave every page whole", async ({ page, apiKeys, tenant, watch }) => {
      watch.expect(/status of 40[34]/);
      const settings = `/t/${tenant.slug}/settings`;
      const fits = (what: string) =>
        test.step(what, async () => {
          await lengthen(page);
          expect.soft(await overflow(page), `${what} has to be scrolled sideways`).toBeLessThanOrEqual(0);
          expect.soft(await cutOff(page), `${what} is cut off`).toEqual([]);
        });
      const visit = async (address: string) => {
        await page.goto(address);
        await fits(address.replace(tenant.slug, "acme"));
      };
      await visit("/sign-in");
      await visit("/404");
      await apiKeys.enter();
      await fits("no keys yet");
      const key = await tenant.createKey("Billing sync", "--description", "Payments team");
      await tenant.createKey("Nightly export", "--expires-in-days", "1", "--kind", "token");
      await visit(apiKeys.path);
      for (const below of ["", "/edit", "/suspend", "/rotate", "/remove"]) {
        await visit(`${apiKeys.path}/${key.client_id}${below}`);
      }
      await visit(`${apiKeys.path}/new`);
      for (const section of ["users", "users/invite", "activity", "organization", "authentication"]) {
        await visit(`${settings}/${section}`);
      }
      await visit(`/t/${tenant.slug}/me/credentials`);
      await visit(`/t/${tenant.slug}/me/profile`);
      await visit(`/t/${tenant.slug}/search?q=billing`);

      await apiKeys.open();
      await apiKeys.create.click();
      await fits("create dialog");
      await page.keyboard.press("Escape");
      await apiKeys.menuButton("Billing sync").click();
      await fits("menu of a row");
      await tenant.set("--api-keys", "off");
      await visit(apiKeys.path);
    });
  });
}
