/** The program under test: its command line, and servers that it runs. */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import postgres from "postgres";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const BINARY = resolve(ROOT, process.env.KEYLINE_BIN ?? join(TARGET, "debug/keyline"));
const POSTGRES = process.env.KEYLINE_TEST_POSTGRES;

// Far above what anything here takes; reached only by a program that hangs.
const LIMIT_MS = 30_000;
const POLL_MS = 50;

export const ENGINES = POSTGRES ? ["sqlite", "postgres"] : ["sqlite"];
export const AUDIENCE = "urn:keyline:acme";
export const SCOPE = "invoices:read invoices:write";

/** A server with an organization that has scopes of its own, a client of its API and the API itself. */
export class World {
  /** @param {string} engine @param {Record<string, string>} settings */
  static async make(engine, settings = {}) {
    const world = new World();
    world.directory = await mkdtemp(join(tmpdir(), "keyline-"));
    world.environment = { ...settings };
    if (engine === "postgres") {
      world.environment.KEYLINE_DATABASE_URL = await postgresDatabase();
      // Processes on one database share the master key, so it is made before the first of them.
      await world.#run("master-key", "new");
    }
    await world.#run(
      "org",
      "create",
      "--slug=acme",
      "--name=Acme",
      "--plan=enterprise",
      "--api-keys=on",
      `--scopes=${SCOPE}`,
    );
    world.client = await world.#key("Invoicing", ...SCOPE.split(" "));
    world.introspector = await world.#key("Invoices API", "tokens:introspect");
    await world.#serve();
    return world;
  }

  /** Where the server answers: the issuer of its tokens. */
  get issuer() {
    return `http://localhost:${this.ports.public}`;
  }

  /** Asks the server about a token without the help of a library (RFC 7662). */
  async isActive(token) {
    const { id, secret } = this.introspector;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    const body = new URLSearchParams({ token });
    const response = await fetch(`${this.issuer}/oauth/introspect`, { method: "POST", headers: { authorization }, body });
    return (await response.json()).active;
  }

  /** Asks the server to end, which it must do well; removes what it has left. */
  async end() {
    this.server.kill("SIGTERM");
    const code = await this.closed;
    await rm(this.directory, { recursive: true });
    if (code !== 0) throw new Error(`exit code ${code}\n${this.log.join("\n")}`);
  }

  async #key(name, ...scopes) {
    const wanted = [
      "--org=acme",
      "--environment=production",
      `--name=${name}`,
      ...scopes.map((scope) => `--scope=${scope}`),
    ];
    const { client_id, client_secret } = await this.#run("key", "create", ...wanted);
    return { id: client_id, secret: client_secret };
  }

  /** Runs a command that must succeed; gives the object it printed. */
  async #run(...command) {
    const child = this.#spawn([...command, "--json"]);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    if (code !== 0) throw new Error(`keyline ${command.join(" ")}: exit code ${code}\n${stderr}`);
    return JSON.parse(stdout);
  }

  /** Starts to serve on free ports; returns when `/readyz` says that it does. */
  async #serve() {
    this.ports = {};
    this.log = [];
    this.server = this.#spawn(["serve", "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--drain-window-s=0"]);
    this.closed = once(this.server, "close").then(([code]) => code);
    this.server.stdout.resume();
    createInterface(this.server.stderr).on("line", (line) => {
      this.log.push(line);
      if (!line.includes('"listening"')) return;
      const { listener, address } = JSON.parse(line);
      this.ports[listener] = address.split(":").at(-1);
    });
    await this.#until(() => this.ports.public && this.ports.operations);
    await this.#until(async () => (await fetch(`http://localhost:${this.ports.operations}/readyz`)).ok);
  }

  async #until(condition) {
    for (const end = Date.now() + LIMIT_MS; !(await condition()); await setTimeout(POLL_MS)) {
      if (this.server.exitCode === null && Date.now() < end) continue;
      this.server.kill();
      throw new Error(`keyline does not serve\n${this.log.join("\n")}`);
    }
  }

  /** With nothing of the surrounding environment. */
  #spawn(command) {
    return spawn(BINARY, command, { cwd: this.directory, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
  }
}

/** The address of a new database; it goes with the server, which is one to throw away. */
async function postgresDatabase() {
  const name = `keyline_interop_${randomBytes(8).toString("hex")}`;
  const server = postgres(POSTGRES, { max: 1 });
  await server`create database ${server(name)}`;
  await server.end();
  return `${POSTGRES.slice(0, POSTGRES.lastIndexOf("/"))}/${name}`;
}
