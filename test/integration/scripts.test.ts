import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
/** Scripts of this project; the others are commands of tools with their own help. */
const ours = Object.entries(scripts).flatMap(([name, command]) => {
  const [program, ...args] = command.split(" ");
  return program === "node" ? [{ name, args }] : [];
});
const run = (args: readonly string[], flag: string) =>
  spawnSync(process.execPath, [...args, flag], { cwd: root, encoding: "utf8", timeout: 30_000 });
/** The first line of a help, or the line that names the help command. */
const HELP = /^(?:See:? +)?(npm (run|test|start)|order-events)[ :]/;

describe.each(ours)("npm run $name", ({ args }) => {
  test("prints only its help for --help", () => {
    const { status, stdout, stderr } = run(args, "--help");

    expect(stdout).toMatch(HELP);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("refuses an unknown flag with one line and the help", () => {
    const { status, stdout, stderr } = run(args, "--no-such");

    expect(stderr).toContain("--no-such");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr.split("\n").some((line) => HELP.test(line))).toBe(true);
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  });
});

test("the names of benchmarks are separated from their descriptions", () => {
  const { stdout } = run(["test/labs/bench/run.ts"], "--help");

  const names = stdout.split("\n").filter((line) => /^ {2}[a-z]/.test(line));
  expect(names.length).toBeGreaterThan(5);
  for (const line of names) expect(line).toMatch(/^ {2}[a-z-]+ {2,}\S/);
});

describe("a command whose output is closed ends without an error", () => {
  const RESPONSE = JSON.stringify({
    items: Array.from({ length: 1_000 }, (_, index) => ({
      failedKey: `key-${index}`,
      errorMessage: "x".repeat(60),
    })),
  });

  /** Runs a command and closes its output before its first write. */
  async function withClosedOutput(...args: readonly string[]) {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, "close");
    return { code, stderr };
  }

  test.each(ours.filter(({ args }) => /^(bin|lib)\//.test(args[0] ?? "")))(
    "npm run $name",
    async ({ args }) => {
      expect((await withClosedOutput(...args, "--help")).stderr).toBe("");
    },
  );

  test("order-events failed list", async () => {
    const server = createServer((_, response) => response.end(RESPONSE)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;

    const ended = await withClosedOutput(
      ...["bin/order-events.mjs", "failed", "list", "--url", `http://127.0.0.1:${port}`],
    );
    server.close();

    expect(ended).toEqual({ code: 0, stderr: "" });
  });

  test("is handled in every script of bin", () => {
    const without = readdirSync(join(root, "bin/scripts"))
      .filter((file) => file.endsWith(".ts"))
      .filter((file) => !readFileSync(join(root, "bin/scripts", file), "utf8").includes("\nonClosedOutput("));

    expect(without).toEqual([]);
  });
});

test.runIf(existsSync("/dev/full"))(
  "a command whose output is on a full disk ends with 4 and one line",
  async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, ["bin/order-events.mjs", "--version"], {
      cwd: root,
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, "close");

    expect(code).toBe(4);
    expect(stderr).toMatch(/^The output could not be written: .*ENOSPC.*\n$/);
  },
);
