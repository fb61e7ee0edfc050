import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const BINARY = resolve(ROOT, process.env.KEYLINE_BIN ?? join(TARGET, "debug/keyline"));

/** The program in a directory of its own, with nothing of the surrounding environment. */
export class Program {
  private constructor(private readonly directory: string) {}

  static async make(): Promise<Program> {
    return new Program(await mkdtemp(join(tmpdir(), "keyline-")));
  }

  /** Runs a command that must succeed; gives the object it printed. */
  async run<T = unknown>(command: string[], input = ""): Promise<T> {
    const child = this.spawn([...command, "--json"]);
    // One that ends before it has read its input says why with its exit code.
    child.stdin!.on("error", () => undefined).end(input);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
    if (code !== 0) {
      throw new Error(`keyline ${command.join(" ")}: exit code ${code}\n${stderr}`);
    }
    return JSON.parse(stdout) as T;
  }

  /** Starts to serve on free ports; waits until it does. */
  async serve(): Promise<Serving> {
    const free = ["--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--drain-window-s", "0"];
    const serving = new Serving(this.spawn(["serve", ...free]));
    await serving.started;
    return serving;
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true });
  }

  private spawn(command: string[]): ChildProcess {
    return spawn(BINARY, command, { cwd: this.directory, env: {}, stdio: "pipe" });
  }
}

/** A server at work. */
export class Serving {
  /** Everything it wrote to its log and to standard output, line by line. */
  readonly log: string[] = [];
  readonly output: string[] = [];
  readonly started: Promise<void>;
  private port = "";

  constructor(private readonly child: ChildProcess) {
    createInterface(child.stdout!).on("line", (line) => this.output.push(line));
    const log = createInterface(child.stderr!);
    this.started = new Promise((listening, failed) => {
      child.on("error", failed);
      log.on("close", () => failed(new Error(`keyline ended before it listened\n${this.log.join("\n")}`)));
      log.on("line", (line) => {
        this.log.push(line);
        const address = publicAddress(line);
        if (address) {
          this.port = address.split(":").at(-1)!;
          listening();
        }
      });
    });
  }

  /** Where people and machines reach it: the issuer of its tokens. */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Asks it to end; gives its exit code. */
  async stop(): Promise<number | null> {
    const closed = once(this.child, "close");
    this.child.kill("SIGTERM");
    const [code] = (await closed) as [number | null];
    return code;
  }
}

function publicAddress(line: string): string | undefined {
  const entry = JSON.parse(line) as { message?: string; listener?: string; address?: string };
  return entry.message === "listening" && entry.listener === "public" ? entry.address : undefined;
}
