import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { describe, expect, test } from "vitest";

const BIN = join(import.meta.dirname, "../../bin");
const ENTRIES = readdirSync(BIN).filter((name) => /\.ts$|^order-events/.test(name));

/** Runs an entry with this Node under the version of another one. */
function runAs(version: string, entry: string, ...args: readonly string[]) {
  const path = join(BIN, entry);
  const preload = `data:text/javascript,Object.defineProperty(process.versions, "node", { value: "${version}" })`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", preload, path, ...args], {
    encoding: "utf8",
  });
  return { stdout, stderr, status };
}

describe.each(ENTRIES)("bin/%s", (entry) => {
  test("prints the version that it needs and how to run it, under Node 20", () => {
    const { stdout, stderr, status } = runAs("20.20.2", entry, "--help");

    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toMatch(
      /^order-events needs Node 22\.18\.0 or newer; this is Node 20\.20\.2 \(.*\)\.\nnpm brings one: {2}npm ci && npx node .* --help\n$/,
    );
    expect(stderr).toContain(entry);
  });

  test("is loaded by a Node that knows no types", () => {
    if (entry.endsWith(".mjs")) return;
    expect(() => new Script(readFileSync(join(BIN, entry), "utf8"))).not.toThrow();
  });
});

test("an entry runs under each version from the first one with types", () => {
  for (const version of ["22.18.0", "23.0.0", "24.0.0"])
    expect(runAs(version, "new.ts", "--help")).toMatchObject({
      stdout: expect.stringMatching(/^npm run new/),
      status: 0,
    });
  for (const version of ["22.17.1", "18.0.0"]) expect(runAs(version, "new.ts").status, version).toBe(1);
});
