import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { type Plan, ScaffoldError } from "../../../lib/scaffold/plan.ts";
import { FilesLeft, writePlan } from "../../../lib/scaffold/write-plan.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const MODULE = new URL("../../../lib/scaffold/write-plan.ts", import.meta.url).href;
const LIST = "list.ts";

let root: string;
beforeEach(() => {
  root = temporaryFolder();
  writeFileSync(join(root, LIST), "one\n");
});

const read = (path: string) => readFileSync(join(root, path), "utf8");
const write = (plan: Plan) => writePlan("npm run new -- thing", () => plan, root);

/** A file of its own, and a line in the list. */
function planOf(name: string, ...others: readonly string[]): Plan {
  const before = read(LIST);
  return {
    created: new Map([name, ...others].map((each) => [`things/${each}.ts`, `${each}\n`])),
    changed: new Map([[LIST, { before, after: `${before}${name}\n` }]]),
    removed: [],
    next: [],
  };
}

/** Its folder and its line, removed. */
function removalOf(path: string): Plan {
  const before = read(LIST);
  return {
    created: new Map(),
    changed: new Map([[LIST, { before, after: "none\n" }]]),
    removed: [path],
    next: [],
  };
}

/** A process that writes such a plan at the time `at`, and dies before its second file where `isKilled`. */
async function writer(name: string, { at = 0, isKilled = false } = {}): Promise<void> {
  const script = `
    import { readFileSync } from "node:fs";
    import { writePlan } from ${JSON.stringify(MODULE)};
    while (Date.now() < ${at});
    writePlan("npm run new -- thing ${name}", () => {
      const before = readFileSync(${JSON.stringify(join(root, LIST))}, "utf8");
      const created = new Map([["things/${name}.ts", "${name}\\n"], ["things/${name}.test.ts", ""]]);
      if (${isKilled})
        created[Symbol.iterator] = function* () {
          yield ["things/${name}.ts", "${name}\\n"];
          process.kill(process.pid, "SIGKILL");
        };
      for (const until = Date.now() + 100; Date.now() < until;);
      return { created, changed: new Map([["${LIST}", { before, after: before + "${name}\\n" }]]), removed: [], next: [] };
    }, ${JSON.stringify(root)});
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code, signal] = await once(child, "exit");
  expect(isKilled ? signal : code).toBe(isKilled ? "SIGKILL" : 0);
}

test("runs at the same time each add their line", async () => {
  const at = Date.now() + 1_000;
  const names = ["a", "b", "c"];

  await Promise.all(names.map((name) => writer(name, { at })));

  expect(read(LIST).trim().split("\n").sort()).toEqual([...names, "one"]);
});

test("a run after a killed one names each file that is left, until it is gone", async () => {
  await writer("killed", { isKilled: true });
  const again = () => write(planOf("next"));

  expect(again).toThrow(FilesLeft);
  expect(again).toThrow(/interrupted: npm run new -- thing killed\n {2}things\/killed\.ts: delete it\nThen/);
  expect(existsSync(join(root, "things/next.ts"))).toBe(false);

  rmSync(join(root, "things/killed.ts"));
  again();
  expect(read(LIST)).toBe("one\nnext\n");
});

test("a run after one that was killed behind its last file goes on", () => {
  const plan = planOf("done");
  write(plan);
  const entry = {
    command: "",
    created: [...plan.created.keys()],
    changed: { [LIST]: read(LIST) },
    removed: [],
  };
  writeFileSync(join(root, ".cache/new.json"), JSON.stringify(entry));

  write(planOf("next"));

  expect(read(LIST)).toBe("one\ndone\nnext\n");
});

test("a removed folder is kept until the next removal", () => {
  write(planOf("a"));
  write(removalOf("things"));

  expect(existsSync(join(root, "things"))).toBe(false);
  expect(read(LIST)).toBe("none\n");
  expect(read(".cache/removed/things/a.ts")).toBe("a\n");

  write(planOf("b"));
  write(removalOf("things"));
  expect(existsSync(join(root, ".cache/removed/things/a.ts"))).toBe(false);
});

test("where a file cannot be removed the others are as before", () => {
  write(planOf("a"));
  const plan = { ...removalOf("things"), removed: ["things", "no-such-file"] };
  const before = read(LIST);

  expect(() => write(plan)).toThrow(/ENOENT/);
  expect(read("things/a.ts")).toBe("a\n");
  expect(read(LIST)).toBe(before);
});

test("a run after a removal that was killed names what is left to delete", () => {
  write(planOf("a"));
  const entry = {
    command: "npm run new -- remove-thing a",
    created: [],
    changed: { [LIST]: read(LIST) },
    removed: ["things"],
  };
  writeFileSync(join(root, ".cache/new.json"), JSON.stringify(entry));

  expect(() => write(planOf("next"))).toThrow(/remove-thing a\n {2}things: delete it\nThen run this again/);
});

test("files are written together or not at all", () => {
  const plan = planOf("new", "second");
  const wrong = {
    ...plan,
    changed: new Map([...plan.changed, ["no-such-folder/b.ts", { before: "", after: "b" }]]),
  };

  expect(() => write(wrong)).toThrow(/ENOENT/);
  expect(existsSync(join(root, "things"))).toBe(false);
  expect(read(LIST)).toBe("one\n");

  expect(() => write({ ...plan, created: new Map([...plan.created, [LIST, ""]]) })).toThrow(ScaffoldError);
  expect(existsSync(join(root, "things"))).toBe(false);
});

test("where a file cannot be restored the others are, and the message names it", () => {
  const plan = planOf("new");
  const second = {
    before: "",
    get after() {
      // By now the list is written. Something else takes its place.
      if (read(LIST).includes("new")) {
        rmSync(join(root, LIST));
        mkdirSync(join(root, LIST));
      }
      return "b";
    },
  };
  const changed = new Map([...plan.changed, ["b.ts", second]]);
  mkdirSync(join(root, "b.ts.new"));

  const wrong = () => write({ ...plan, changed });

  expect(wrong).toThrow(/EISDIR.*\n.*Restore them by hand:\n {2}b\.ts\.new: .*\n {2}list\.ts: EISDIR/);
  expect(existsSync(join(root, "things"))).toBe(false);
});
