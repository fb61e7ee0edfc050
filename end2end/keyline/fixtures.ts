import { test as base, expect } from "@playwright/test";

import { ApiKeys } from "../pages/api-keys.ts";
import { Program, type Serving } from "./program.ts";
import { Tenant } from "./tenant.ts";
import { Watch } from "./watch.ts";

/** How much of the console's script a browser runs. */
export type World = "script" | "no-script" | "wasm-blocked";

export interface Options {
  world: World;
}

interface Fixtures {
  /** An organization of this test alone. */
  tenant: Tenant;
  /** Its list of API keys; `enter` signs in and opens it. */
  apiKeys: ApiKeys;
  /** The list of a person's own; `enter` needs that person. */
  ownKeys: ApiKeys;
  watch: Watch;
}

interface WorkerFixtures {
  program: Program;
  /** The program, serving for all tests of a worker. */
  server: Serving;
}

export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  world: ["script", { option: true }],

  program: [
    async ({}, use) => {
      const program = await Program.make();
      await use(program);
      await program.remove();
    },
    { scope: "worker" },
  ],

  server: [
    async ({ program }, use) => {
      const server = await program.serve();
      await use(server);
      expect(await server.stop(), server.log.join("\n")).toBe(0);
    },
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => {
    await use(server.origin);
  },

  watch: [
    async ({ context, page, baseURL, world }, use) => {
      const watch = new Watch(context, baseURL!);
      if (world === "wasm-blocked") {
        const network = await context.newCDPSession(page);
        await network.send("Network.enable");
        await network.send("Network.setBlockedURLs", { urls: ["*.wasm"] });
        watch.expect(/^page: TypeError: Failed to fetch$/);
      }
      await use(watch);
      expect(watch.faults, "errors, strangers and secrets in addresses").toEqual([]);
    },
    { auto: true },
  ],

  tenant: async ({ program, server: _ }, use) => {
    await use(await Tenant.make(program));
  },

  apiKeys: async ({ page, tenant, world }, use) => {
    await use(new ApiKeys(page, tenant, world === "script"));
  },

  ownKeys: async ({ page, tenant, world }, use) => {
    await use(new ApiKeys(page, tenant, world === "script", "me"));
  },
});

export { expect };
