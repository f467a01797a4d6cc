import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { scriptFlags } from "../../lib/script-flags.ts";

/** The source files that handlers load: their own and those that they import, as far as these are in one folder. */
const HELP = `npm run closure -- [handlers] [flags]: counts the source files that handlers load

  handlers  names of files in functions/handlers (default place-order publish-events order-created, the path of an
            order from POST /orders to CONFIRMED)
  --list    each file with its lines
  --json    the result as JSON
  --help    this text

"static" leaves out files that only import() loads; "dynamic" includes them. Types and packages do not count.
The exit code is 3 when a flag is wrong.
`;
const DEFAULT_HANDLERS = ["place-order", "publish-events", "order-created"];
const STATIC_IMPORT = /^(?:import|export)\s(?!type\b)(?:[^;"']*?\sfrom\s)?\s*"(\.[^"]+\.ts)"/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*"(\.[^"]+\.ts)"/g;

export interface Closure {
  readonly files: number;
  readonly lines: number;
  readonly list: Readonly<Record<string, number>>;
}

/** @param entries paths relative to `root`; files outside of `root` are not followed */
export function closureOf(root: string, entries: readonly string[], dynamic: boolean): Closure {
  const list: Record<string, number> = {};
  const waiting = entries.map((entry) => join(root, entry));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const name = relative(root, file);
    if (name.startsWith("..") || name in list) continue;
    const text = readFileSync(file, "utf8");
    list[name] = text.split("\n").length - 1;
    const patterns = dynamic ? [STATIC_IMPORT, DYNAMIC_IMPORT] : [STATIC_IMPORT];
    const imports = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, path = ""]) => path));
    waiting.push(...imports.map((path) => join(dirname(file), path)));
  }
  const sorted = Object.fromEntries(Object.entries(list).sort(([a], [b]) => a.localeCompare(b)));
  const lines = Object.values(list).reduce((sum, count) => sum + count, 0);
  return { files: Object.keys(list).length, lines, list: sorted };
}

const readFlags = (args: readonly string[]) => {
  const options = {
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  return { ...values, handlers: positionals.length === 0 ? DEFAULT_HANDLERS : positionals };
};

const textOf = (name: string, { files, lines, list }: Closure, withList: boolean): string => {
  const rows = Object.entries(list).map(([file, count]) => `  ${String(count).padStart(5)}  ${file}\n`);
  return `${name}: ${files} files, ${lines} lines\n${withList ? rows.join("") : ""}`;
};

if (import.meta.main) {
  const { handlers, list, json } = scriptFlags(HELP, readFlags);
  const root = fileURLToPath(new URL("../../functions", import.meta.url));
  const entries = handlers.map((name) => `handlers/${name}.ts`);
  const result = { static: closureOf(root, entries, false), dynamic: closureOf(root, entries, true) };
  const text = Object.entries(result).map(([name, closure]) => textOf(name, closure, list));
  process.stdout.write(json ? `${JSON.stringify({ handlers, ...result }, null, 2)}\n` : text.join(""));
}
