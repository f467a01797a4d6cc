import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { declaredTwice, type Edit, refuseFaulty } from "./edit-source.ts";

/** The request cannot be carried out as given. The message names the flag or the name at fault. */
export class ScaffoldError extends Error {
  override readonly name = "ScaffoldError";
}

/** Files by their paths from the root, formatted. Nothing is written yet. */
export interface Plan {
  readonly created: ReadonlyMap<string, string>;
  readonly changed: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
  /** Folders and files. */
  readonly removed: readonly string[];
  /** Commands, in order, each with its purpose. */
  readonly next: readonly (readonly [string, string])[];
}

/** Import statements, each of a module and names. */
export function imports(...modules: readonly (readonly [string, readonly string[]])[]): string {
  return modules
    .map(([path, names]) => `import { ${names.join(", ")} } from ${JSON.stringify(path)};`)
    .join("\n");
}

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Rejects existing files and places that are not found, before anything is written. */
export function planOf(
  created: Readonly<Record<string, string>>,
  edits: Readonly<Record<string, readonly Edit[]>>,
  next: Plan["next"],
  removed: Plan["removed"] = [],
): Plan {
  const taken = Object.keys(created).filter((path) => existsSync(join(ROOT, path)));
  if (taken.length > 0) throw new ScaffoldError(`${taken.join(", ")}: there already. Choose another name.`);
  for (const [path, text] of Object.entries(created)) refuseName(path, text);
  const changed = Object.entries(edits).map(([path, list]) => {
    const before = readFileSync(join(ROOT, path), "utf8");
    const edited = list.reduce((text, edit) => edit({ path, text }), before);
    refuseTwice(path, edited);
    return [path, { before, after: formatted(path, edited) }] as const;
  });
  return {
    created: new Map(Object.entries(created).map(([path, text]) => [path, formatted(path, text)])),
    changed: new Map(changed),
    removed,
    next,
  };
}

/** The texts of new files are right but for the names in them. */
function refuseName(path: string, text: string): void {
  try {
    refuseFaulty({ path, text });
  } catch (cause) {
    throw new ScaffoldError(`A name makes ${path} invalid, as a reserved word does. Choose another name.`, {
      cause,
    });
  }
  refuseTwice(path, text);
}

function refuseTwice(path: string, text: string): void {
  const twice = declaredTwice({ path, text });
  if (twice.length > 0)
    throw new ScaffoldError(`${path} would declare ${twice.join(", ")} twice. Choose another name.`);
}

/** The text as `npm run check` requires it. */
function formatted(path: string, text: string): string {
  refuseFaulty({ path, text });
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, "node_modules/.bin/biome"),
    ["check", "--write", `--stdin-file-path=${path}`],
    { cwd: ROOT, input: text, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`biome rejects the text for ${path}:\n${stderr || stdout}`);
  return stdout;
}
