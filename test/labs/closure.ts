/**
 * `npm run closure`: the code that a reader has to follow from Lambda entries, by their value imports.
 * The default is the path of an order: POST /orders to CONFIRMED.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { scriptFlags } from "../../lib/script-flags.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HELP = `npm run closure -- [flags] [handler …]: files and lines that handlers import, directly or not

  handler  names of functions (default place-order publish-events order-created)
  --list   each file with its lines
  --json   as JSON
  --help   this text

Imports of types are left out. What import() loads, as the failed-message store with the first failure, is counted apart.
`;

const KINDS = ["code", "types", "comments", "imports", "blank"] as const;
type Kind = (typeof KINDS)[number];

interface Closure {
  readonly files: number;
  readonly lines: number;
  readonly kinds: Readonly<Record<Kind, number>>;
  readonly list: readonly { readonly file: string; readonly lines: number }[];
}

/** The files that the entries reach, with their lines. Paths are relative to `root`. */
export function closureOf(root: string, entries: readonly string[], withDynamic: boolean): Closure {
  const seen = new Map<string, number>();
  const kinds = { code: 0, types: 0, comments: 0, imports: 0, blank: 0 };
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    const text = readFileSync(file, "utf8");
    const kindsOfFile = kindsOf(text);
    for (const kind of kindsOfFile) kinds[kind] += 1;
    seen.set(file, kindsOfFile.length);
    const statements = /^(?:import|export) (?!type )(?:[^"]*? from )?"(\.[^"]+\.ts)"/gm;
    const calls = withDynamic ? /\bimport\("(\.[^"]+\.ts)"/g : /$^/g;
    for (const [, specifier = ""] of [...text.matchAll(statements), ...text.matchAll(calls)]) {
      visit(join(file, "..", specifier));
    }
  };
  for (const entry of entries) visit(join(root, entry));
  const list = [...seen].map(([file, lines]) => ({ file: relative(root, file), lines }));
  list.sort((one, other) => (one.file < other.file ? -1 : 1));
  return { files: list.length, lines: list.reduce((sum, { lines }) => sum + lines, 0), kinds, list };
}

/** The kind of each line of a formatted file. Types are declarations at the top level, with the comments in them. */
export function kindsOf(text: string): readonly Kind[] {
  let kind: Kind = "code";
  let end: RegExp | undefined;
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      if (end === undefined) [kind, end] = kindOf(line);
      if (end?.test(line)) end = undefined;
      return kind;
    });
}

/** The kind of a line that begins something, and the end of it where that may be a later line. */
function kindOf(line: string): readonly [Kind, RegExp?] {
  if (line === "") return ["blank"];
  if (/^\s*\/\//.test(line)) return ["comments"];
  if (/^\s*\/\*/.test(line)) return ["comments", /\*\/$/];
  if (/^import\b/.test(line)) return ["imports", /;$/];
  if (!/^(export )?(interface|type|declare) /.test(line)) return ["code"];
  return ["types", line.endsWith("{") ? /^\}/ : /^( {2})?\S.*;$/];
}

function closureFlags(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { list: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
  });
  const handlers = positionals.length > 0 ? positionals : ["place-order", "publish-events", "order-created"];
  return { ...values, handlers, entries: handlers.map(entryOf) };
}

/** The file of a function, from the root. Throws for an unknown function. */
export function entryOf(name: string): string {
  const entries = [`functions/handlers/${name}.ts`, `functions/consumers/${name}/handler.ts`];
  const entry = entries.find((path) => existsSync(join(ROOT, path)));
  if (entry === undefined) throw new RangeError(`There is no function ${name}.`);
  return entry;
}

function main(): void {
  const { list, json, handlers, entries } = scriptFlags(HELP, closureFlags);
  const [loaded, all] = [false, true].map((withDynamic) => closureOf(ROOT, entries, withDynamic));
  if (json) {
    console.log(JSON.stringify({ handlers, loaded, all }));
    return;
  }
  if (list)
    for (const { file, lines } of loaded?.list ?? []) console.log(`${String(lines).padStart(5)}  ${file}`);
  console.log(`${handlers.join(" + ")}: ${loaded?.files} files, ${loaded?.lines} lines`);
  if (loaded !== undefined)
    console.log(`  ${KINDS.map((kind) => `${kind} ${loaded.kinds[kind]}`).join(", ")}`);
  console.log(`with what is loaded on first use: ${all?.files} files, ${all?.lines} lines`);
}

if (import.meta.main) main();
