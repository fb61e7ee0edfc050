import type { BrowserContext } from "@playwright/test";

/** The shape of every secret, whatever its prefix and environment. */
export const SECRET = /[a-z0-9]{2,8}_[a-z0-9]{1,12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}/;

/**
 * Notes what must never happen in a browser: errors in the console, among them violations of the content security
 * policy, requests to anyone else, and a secret in an address.
 */
export class Watch {
  private readonly seen: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(context: BrowserContext, origin: string) {
    context.on("console", (message) => {
      if (message.type() === "error") {
        this.seen.push(`console: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.seen.push(`page: ${error.error()}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && !["data:", "blob:", "about:"].includes(url.protocol)) {
        this.seen.push(`request to ${url.href}`);
      }
      if (SECRET.test(decodeURIComponent(url.href))) {
        this.seen.push(`secret in the address ${url.href}`);
      }
    });
  }

  /** Takes messages as part of the test: browsers log a refused form as an error. */
  expect(...messages: RegExp[]): void {
    this.expected.push(...messages);
  }

  /** Everything that nobody expected. */
  get faults(): string[] {
    return this.seen.filter((fault) => !this.expected.some((message) => message.test(fault)));
  }
}
