import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
/** Scripts that are files of this project; the others are commands of tools, which have a help of their own. */
const ours = Object.entries(scripts).flatMap(([name, command]) => {
  const [program, ...args] = command.split(" ");
  return program === "node" ? [{ name, args }] : [];
});
const run = (args: readonly string[], flag: string) =>
  spawnSync(process.execPath, [...args, flag], { cwd: root, encoding: "utf8", timeout: 30_000 });
/** The first line of a help, or the line that names the command that prints it. */
const HELP = /^(?:See:? +)?(npm (run|test|start)|order-events)[ :]/;

describe.each(ours)("npm run $name", ({ args }) => {
  test("prints only its help for --help", () => {
    const { status, stdout, stderr } = run(args, "--help");

    expect(stdout).toMatch(HELP);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("refuses a flag that it does not know with one line and the help", () => {
    const { status, stdout, stderr } = run(args, "--no-such");

    expect(stderr).toContain("--no-such");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr.split("\n").some((line) => HELP.test(line))).toBe(true);
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  });
});

test("the benchmarks' names stand apart from what they are about", () => {
  const { stdout } = run(["test/labs/bench/run.ts"], "--help");

  expect(stdout).toMatch(/^ {2}kafka-throughput {2}orders/m);
});
