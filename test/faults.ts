/**
 * `npm run faults`: the coverage of the faults in test/fixtures/faults.ts, by the ids in the names of tests. `--tests`
 * also prints the test files.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { scriptFlags } from "../lib/script-flags.ts";
import { FAULTS, UNTESTED } from "./fixtures/faults.ts";

const HELP = `npm run faults -- [flags]: lists faults and whether a test title names them

  --tests  lists the test files as well
  --help   this text

The exit code is 1 when a fault has neither a test nor a reason, 3 when a flag is wrong.
`;
const { tests } = scriptFlags(HELP, (args) => {
  return parseArgs({ args: [...args], options: { tests: { type: "boolean", default: false } } }).values;
});

const folder = import.meta.dirname;
/** A title, or a row of a table of tests, that begins with ids and a colon: "A1, B2: a sentence". */
const TITLE =
  /(?:\b(?:test|it|describe)(?:\.concurrent)?\(|\)\(|\[|^)\s*["`']((?:[A-K]\d{1,2}, )*[A-K]\d{1,2}): /gm;

/** The test files that name each id. */
function coverage(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const path of globSync("**/*.test.ts", { cwd: folder, exclude: ["**/node_modules/**"] })) {
    for (const [, ids = ""] of readFileSync(join(folder, path), "utf8").matchAll(TITLE)) {
      for (const id of ids.split(", ")) {
        const paths = found.get(id) ?? new Set();
        found.set(id, paths.add(path));
      }
    }
  }
  return new Map([...found].map(([id, paths]) => [id, [...paths].sort()]));
}

const covered = coverage();
const without = Object.entries(FAULTS).filter(([id]) => !covered.has(id));
if (tests) {
  for (const id of Object.keys(FAULTS)) {
    for (const path of covered.get(id) ?? []) console.log(`${id.padEnd(4)}${path}`);
  }
}
for (const [id, what] of without)
  console.log(`${id.padEnd(4)}${what} No test: ${UNTESTED[id] ?? "no reason is given."}`);
const total = Object.keys(FAULTS).length;
console.log(`${total - without.length} of ${total} faults have a test that names them.`);
// A fault without a test and without an explanation is a gap.
process.exitCode = without.every(([id]) => id in UNTESTED) ? 0 : 1;
