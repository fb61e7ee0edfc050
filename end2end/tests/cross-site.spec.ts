import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Page, Request } from "@playwright/test";

import { expect, test } from "../keyline/fixtures.ts";

/** The routes of a file of the console, each with the code of its handlers. */
function routesIn(file: string): [path: string, handlers: string][] {
  const source = readFileSync(new URL(`../../server/src/console/${file}.rs`, import.meta.url), "utf8");
  const calls = source.split(".route(").slice(1);
  return calls.map((call) => [call.split('"')[1]!, call.split(/\n\s+\./)[0]!.split('"').at(-1)!]);
}

/** Every path of the console that changes something when it is posted to, read from its table of routes. */
function changingPaths(): string[] {
  const below = routesIn("key_pages").map(([path, handlers]): [string, string] => [path.replace(/\/$/, ""), handlers]);
  const nested = ["settings", "me"].flatMap((section) =>
    below.map(([path, handlers]): [string, string] => [`/t/{organization}/${section}/api-keys/{environment}${path}`, handlers]),
  );
  const posted = [...routesIn("mod"), ...nested].filter(([, handlers]) => handlers.includes("post("));
  const functions = ["create_key", "acknowledge_key"].map((name) => `/_fn/${name}`);
  return [...posted.map(([path]) => path).filter((path) => !path.startsWith("/_fn/")), ...functions];
}

interface Attack {
  origin: string;
  paths: string[];
  fields: Record<string, string>;
}

/** What a page of another site tries by itself, with everything a browser lets it do unasked. */
function attack({ origin, paths, fields }: Attack): void {
  const add = (tag: string, attributes: Record<string, string>) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
    return element;
  };
  paths.forEach((path, number) => {
    const url = origin + path;
    add("iframe", { name: `target-${number}` });
    const form = add("form", { method: "post", action: url, target: `target-${number}` }) as HTMLFormElement;
    for (const [name, value] of Object.entries(fields)) {
      const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      form.append(input);
    }
    HTMLFormElement.prototype.submit.call(form);
    const blind: RequestInit = { mode: "no-cors", credentials: "include" };
    const quiet = (request: Promise<Response>) => void request.catch(() => undefined);
    quiet(fetch(url, { ...blind, method: "POST", body: new URLSearchParams(fields) }));
    quiet(fetch(url, { ...blind, method: "POST", body: new Blob([JSON.stringify(fields)], { type: "text/plain" }) }));
    quiet(fetch(url, blind));
    add("img", { src: url });
    add("iframe", { src: url });
    add("link", { rel: "prerender", href: url });
    add("link", { rel: "prefetch", href: url });
  });
  add("script", { type: "speculationrules" }).textContent = JSON.stringify({
    prerender: [{ source: "list", urls: paths.map((path) => origin + path) }],
  });
}

/** Another site: it differs from the console in its host, as `SameSite` sees it. */
class OtherSite {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtherSite> {
    const server = createServer((_, response) => {
      response.setHeader("content-type", "text/html").end("<!DOCTYPE html><title>Another site</title><body></body>");
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new OtherSite(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

test.describe("another site", { tag: "@wasm" }, () => {
  test.describe.configure({ timeout: 120_000 });
  let other: OtherSite;

  test.beforeEach(async ({ watch }) => {
    other = await OtherSite.start();
    watch.expect(/^request to http:\/\/127\.0\.0\.1/, /^console: /);
  });

  test.afterEach(() => other.stop());

  /** The hidden value of a form of the signed-in person: more than another site can ever have. */
  const formValue = async (page: Page, address: string) => {
    const html = await (await page.request.get(address)).text();
    return html.match(/name="form" value="([^"]+)"/)![1]!;
  };

  test("changes nothing, whatever its pages try by themselves", async ({ page, apiKeys, tenant, program, server }) => {
    const key = await tenant.createKey("Billing sync");
    const mia = await tenant.addMember("Mia Lindqvist");
    const own = await tenant.createKey("Notebook", "--owner", tenant.admin.email);
    await apiKeys.enter();
    const people = await (await page.request.get(`/t/${tenant.slug}/settings/users`)).text();
    const user = people.match(/data-user-id="(usr_[^"]+)"/)![1]!;
    const fill = (path: string) =>
      path
        .replace("{organization}", tenant.slug)
        .replace("{environment}", "production")
        .replace("{client_id}", path.includes("/me/") ? own.client_id : key.client_id)
        .replace("{user}", user)
        .replace(/\{\w+\}/, "nothing");
    const paths = changingPaths().map(fill);
    expect(paths.length).toBeGreaterThan(30);
    // What only looks, but leaves a row in the log.
    paths.push(`/t/${tenant.slug}/settings/activity/export/csv`);

    const state = async () => {
      const keys = await program.run(["key", "list", "--org", tenant.slug]);
      const log = await (await page.request.get(`/t/${tenant.slug}/settings/activity`)).text();
      const members = await (await page.request.get(`/t/${tenant.slug}/settings/users`)).text();
      const rows = (html: string) => html.match(/data-testid="(activity|user|invitation)-row"[^>]*>/g)!.length;
      return { keys, log: rows(log), members: rows(members), theme: log.match(/data-theme="\w+"/)![0] };
    };
    const before = await state();

    const arrived: Request[] = [];
    page.on("request", (request) => {
      if (request.url().startsWith(server.origin)) arrived.push(request);
    });
    await page.goto(other.origin);
    const form = await formValue(page, `${apiKeys.path}/new`);
    const fields = {
      form,
      name: "Made elsewhere",
      description: "",
      expiration: "30",
      confirm_name: key.name,
      confirm: "2",
      action: "remove",
      ids: key.client_id,
      role: "member",
      emails: "eve@example.test",
      email: mia.email,
      password: mia.password,
      theme: "dark",
      issued_tokens: "stop",
      grace_s: "0",
      revision: "1",
    };
    await page.evaluate(attack, { origin: server.origin, paths, fields });
    await page.waitForLoadState("networkidle");

    const posts = arrived.filter((request) => request.method() === "POST");
    const reached = new Set(posts.map((request) => new URL(request.url()).pathname));
    expect([...paths.slice(0, -1)].filter((path) => !reached.has(path)), "every path was tried").toEqual([]);
    for (const request of posts) {
      const { cookie = "" } = await request.allHeaders();
      expect.soft(cookie, request.url()).not.toContain("sid=");
    }
    expect(await state()).toEqual(before);
    await apiKeys.open();
    await expect(apiKeys.row("Billing sync")).toBeVisible();
  });

  test("opens a page as its person, and posts as nobody", async ({ page, apiKeys, tenant, server, context }) => {
    await tenant.createKey("Billing sync");
    await apiKeys.enter();
    const [session] = (await context.cookies(server.origin)).filter(({ name }) => name === "sid");
    expect(session).toMatchObject({ sameSite: "Lax", httpOnly: true, path: "/", domain: "localhost" });

    await page.goto(other.origin);
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement("a"), { href, textContent: "Go" });
      document.body.append(link);
    }, server.origin + apiKeys.path);
    await page.getByRole("link", { name: "Go" }).click();
    await expect(apiKeys.row("Billing sync")).toBeVisible();

    for (const [path, fields] of [
      ["/sign-out", {}],
      [apiKeys.path, { name: "Made elsewhere", expiration: "30" }],
    ] as const) {
      const form = await formValue(page, apiKeys.path);
      await page.goto(other.origin);
      const posted = page.waitForRequest((request) => request.method() === "POST");
      await page.evaluate(
        ({ action, fields }) => {
          const form = Object.assign(document.createElement("form"), { method: "post", action });
          for (const [name, value] of Object.entries(fields)) {
            form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
          }
          document.body.append(form);
          form.submit();
        },
        { action: server.origin + path, fields: { ...fields, form } },
      );
      expect((await (await posted).allHeaders()).cookie ?? "").not.toContain("sid=");
      await expect(page.getByRole("heading", { name: "This request came from another site." })).toBeVisible();
    }
    await apiKeys.open();
    await expect(apiKeys.rows).toHaveCount(1);
  });
});
