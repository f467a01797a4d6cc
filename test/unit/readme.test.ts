import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROBLEMS, REASONS } from "../../functions/contract/errors.ts";
import { ENV, EVENT_TYPES, METRICS } from "../../functions/contract/names.ts";

const root = join(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** Names that the README has to explain, and does not; whole words only. */
function missing(names: readonly string[]): string[] {
  return names.filter(
    (name) => !new RegExp(`(?<![\\w.-])${name.replaceAll(".", "\\.")}(?![\\w-]|\\.\\w)`).test(readme),
  );
}

describe("the README explains", () => {
  test.each<[string, readonly string[]]>([
    ["every code that the API answers", Object.keys(PROBLEMS)],
    ["every reason that a message is parked for", Object.keys(REASONS)],
    ["every metric", Object.values(METRICS)],
    ["every environment variable", Object.values(ENV)],
    ["every type of event", EVENT_TYPES],
  ])("%s", (_, names) => {
    expect(missing(names)).toEqual([]);
  });

  test("every command by the name that it has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map((match) => match[1] ?? "");

    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
