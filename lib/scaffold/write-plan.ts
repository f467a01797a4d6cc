import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Plan, ROOT, ScaffoldError } from "./plan.ts";

/** Files are not as before the run. The message names them. */
export class FilesLeft extends Error {
  override readonly name = "FilesLeft";
}

/** How long a run waits for another one, which formats each of its files. */
const WAIT_MS = 60_000;

/**
 * Plans and writes all files, or none: after an error the files are as before. One run at a time: a plan holds the whole
 * text of the files that it changes. The lock is the operating system's, taken by SQLite, so that it ends with its process.
 */
export function writePlan(command: string, plan: () => Plan, root = ROOT): Plan {
  const cache = join(root, ".cache");
  mkdirSync(cache, { recursive: true });
  const lock = new DatabaseSync(join(cache, "new.lock"), { timeout: WAIT_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    const journal = join(cache, "new.json");
    refuseLeftovers(journal, root);
    const made = plan();
    writeFileSync(journal, JSON.stringify(entryOf(command, made)));
    writeFiles(made, root, join(cache, "removed"));
    rmSync(journal, { force: true });
    return made;
  } finally {
    lock.close();
  }
}

/** What a run is about to write, for the next run where this one is killed. */
interface JournalEntry {
  readonly command: string;
  readonly created: readonly string[];
  readonly changed: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
}

function entryOf(command: string, { created, changed, removed }: Plan): JournalEntry {
  return {
    command,
    created: [...created.keys()],
    changed: Object.fromEntries([...changed].map(([path, { after }]) => [path, after])),
    removed,
  };
}

/** Throws `FilesLeft` where an earlier run was killed before its last file. */
function refuseLeftovers(journal: string, root: string): void {
  if (!existsSync(journal)) return;
  const { command, created, changed, removed } = JSON.parse(readFileSync(journal, "utf8")) as JournalEntry;
  const textOf = (path: string) =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
  for (const path of Object.keys(changed)) rmSync(temporary(join(root, path)), { force: true });
  const files = created.filter((path) => existsSync(join(root, path)));
  const edited = Object.keys(changed).filter((path) => textOf(path) === changed[path]);
  const kept = removed.filter((path) => existsSync(join(root, path)));
  const isComplete =
    files.length === created.length && edited.length === Object.keys(changed).length && kept.length === 0;
  if (!isComplete && files.length + edited.length > 0)
    throw new FilesLeft(
      `An earlier run was interrupted: ${command}\n` +
        [
          // The changes come before the removals, so that these alone are left.
          ...[...files, ...kept].map((path) => `  ${path}: delete it`),
          ...(removed.length > 0 ? [] : edited).map(
            (path) => `  ${path}: take its lines out, as git diff shows them`,
          ),
        ].join("\n") +
        "\nThen run this again.",
    );
  rmSync(journal, { force: true });
}

const temporary = (file: string) => `${file}.new`;

interface Undo {
  readonly path: string;
  readonly step: () => void;
}

/** What is removed is moved to `bin`, where it stays until the next removal. */
function writeFiles({ created, changed, removed }: Plan, root: string, bin: string): void {
  const undo: Undo[] = [];
  if (removed.length > 0) rmSync(bin, { recursive: true, force: true });
  try {
    for (const [path, text] of created) {
      const file = join(root, path);
      const folder = mkdirSync(dirname(file), { recursive: true });
      if (folder !== undefined)
        undo.push({ path: dirname(path), step: () => rmSync(folder, { recursive: true, force: true }) });
      if (existsSync(file)) throw new ScaffoldError(`${path}: there already.`);
      undo.push({ path, step: () => rmSync(file, { force: true }) });
      writeFileSync(file, text);
    }
    for (const [path, { before, after }] of changed) {
      const file = join(root, path);
      const complete = temporary(file);
      undo.push({ path: temporary(path), step: () => rmSync(complete, { force: true }) });
      writeFileSync(complete, after);
      renameSync(complete, file);
      undo.push({ path, step: () => writeFileSync(file, before) });
    }
    for (const path of removed) {
      const [file, moved] = [join(root, path), join(bin, path)];
      mkdirSync(dirname(moved), { recursive: true });
      renameSync(file, moved);
      undo.push({ path, step: () => renameSync(moved, file) });
    }
  } catch (cause) {
    const left = undo.reverse().flatMap(({ path, step }) => failureOf(path, step));
    if (left.length === 0) throw cause;
    throw new FilesLeft(
      `${messageOf(cause)}\nThese files are not as before. Restore them by hand:\n${left.join("\n")}`,
      { cause },
    );
  }
}

function failureOf(path: string, step: () => void): readonly string[] {
  try {
    step();
    return [];
  } catch (error) {
    return [`  ${path}: ${messageOf(error)}`];
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
