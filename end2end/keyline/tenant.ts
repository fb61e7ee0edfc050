import type { Program } from "./program.ts";

/** A person who can sign in. */
export interface Person {
  name: string;
  email: string;
  password: string;
}

/** A key as the command line prints it when it makes one. */
export interface MadeKey {
  client_id: string;
  client_secret: string;
  name: string;
}

let made = 0;

/** An organization with an administrator, made with the command line. */
export class Tenant {
  private constructor(
    private readonly program: Program,
    /** Stands in addresses and in the audience of tokens. */
    readonly slug: string,
    readonly admin: Person,
  ) {}

  /** Makes one of its own for a test; `slug` where it is shown. */
  static async make(program: Program, settings: string[] = [], slug = `acme-${++made}`): Promise<Tenant> {
    const plan = ["--plan", "enterprise", "--api-keys", "on"];
    await program.run(["org", "create", "--slug", slug, "--name", "Acme Corp", ...plan, ...settings]);
    const admin = { name: "Ana Reyes", email: `ana@${slug}.test`, password: "lichen otter quartz 41" };
    const tenant = new Tenant(program, slug, admin);
    await tenant.add(admin, "admin");
    return tenant;
  }

  async add(person: Person, role: "admin" | "member"): Promise<void> {
    const { email, name, password } = person;
    const command = ["user", "create", "--org", this.slug, "--email", email, "--name", name, "--role", role];
    await this.program.run([...command, "--password-stdin"], password);
  }

  /** Adds a member who can sign in. */
  async addMember(name: string): Promise<Person> {
    const email = `${name.split(" ")[0]!.toLowerCase()}@${this.slug}.test`;
    const member = { name, email, password: "heron basalt clover 7" };
    await this.add(member, "member");
    return member;
  }

  /** Lets an existing person into this organization too. */
  async admit(person: Person): Promise<void> {
    const { email, name } = person;
    await this.program.run(["user", "create", "--org", this.slug, "--email", email, "--name", name, "--role", "admin"]);
  }

  async set(...settings: string[]): Promise<void> {
    await this.program.run(["org", "set", this.slug, ...settings]);
  }

  async createKey(name: string, ...settings: string[]): Promise<MadeKey> {
    const where = ["--org", this.slug, "--environment", "production"];
    return this.program.run(["key", "create", ...where, "--name", name, ...settings]);
  }

  async revokeKey(key: MadeKey): Promise<void> {
    await this.program.run(["key", "revoke", "--org", this.slug, key.client_id]);
  }
}
