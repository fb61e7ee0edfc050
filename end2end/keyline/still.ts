import type { Page } from "@playwright/test";

/** The day on which every picture is taken. */
const TODAY = Date.UTC(2026, 10, 21);
const DAY_MS = 86_400_000;

const CLIENT_IDS = ["7f3k9x2m4q", "m2w8r5t1zc", "b6n0v4j9ye", "q1h7d3s8kp", "x5g2a9u6fl"].map(
  (start) => `kl_ci_${start}8w1z6v5t0r3n8bcd`,
);

/** What else differs from one run to the next, and what stands in its place, in the order of appearance. */
const REPLACEMENTS: [string, string[]][] = [
  ["kl_production_\\w{43}_\\w{6}", ["kl_production_3vQmZ8rT1yWb6NcXkP0aLhS9dGfJ2eUoI5qRtV7xYzE_0aB3xZ"]],
  ["just now", ["4 minutes ago", "2 hours ago", "yesterday", "6 days ago"]],
  ["in \\d+ hours", ["in 31 hours"]],
  ["127\\.0\\.0\\.1|::1", ["203.0.113.7", "203.0.113.24", "198.51.100.3", "203.0.113.7"]],
  ["http://localhost:\\d+", ["https://keys.acme.example"]],
];

/** Depths of the cuts in each key's mark, in the order of appearance. */
const MARKS = ["2464802", "6402846", "0826428", "8240682", "4608264"];

/** Makes a page that was just opened look the same at every run: fixed ids, secrets, addresses and times. */
export async function still(page: Page): Promise<void> {
  const days = Math.round((TODAY - Date.now()) / DAY_MS);
  await page.evaluate(
    ({ days, clientIds, replacements, marks }) => {
      const shiftDate = (date: string) => {
        const shifted = new Date(`${date} UTC`);
        shifted.setUTCDate(shifted.getUTCDate() + days);
        const month = /[A-Z][a-z]{3,}/.test(date) ? "long" : "short";
        return shifted.toLocaleDateString("en-GB", { day: "numeric", month, year: "numeric", timeZone: "UTC" });
      };
      const ids: string[] = [];
      const uses = new Map<string, number>();
      const settled = (text: string) => {
        text = text.replace(/kl_ci_[0-9a-z]{26}/g, (id) => {
          if (!ids.includes(id)) ids.push(id);
          return clientIds[ids.indexOf(id) % clientIds.length]!;
        });
        for (const [pattern, substitutes] of replacements) {
          text = text.replace(new RegExp(pattern, "g"), () => {
            const use = uses.get(pattern) ?? 0;
            uses.set(pattern, use + 1);
            return substitutes[use % substitutes.length]!;
          });
        }
        return text.replace(/\d{1,2} [A-Z][a-z]+ \d{4}/g, shiftDate);
      };
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        node.nodeValue = settled(node.nodeValue ?? "");
      }
      for (const field of document.querySelectorAll("textarea")) {
        field.value = settled(field.value);
      }
      document.querySelectorAll(".key-row .mark path").forEach((path, row) => {
        const cuts = [...marks[row % marks.length]!].map((depth, cut) => `V${depth}H${4 * (cut + 1)}`);
        path.setAttribute("d", `M0 12${cuts.join("")}V12Z`);
      });
    },
    { days, clientIds: CLIENT_IDS, replacements: REPLACEMENTS, marks: MARKS },
  );
}
