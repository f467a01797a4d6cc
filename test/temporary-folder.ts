import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isAlive } from "../lib/emulator/running-emulators.ts";

const PREFIX = "order-events-run-";

/**
 * Makes one folder the system's temporary folder for this process and what it starts, so that also files of killed
 * emulators and of tools are removed at its end. A killed process leaves its folder to the next call.
 */
export function useRunFolder(): void {
  const parent = tmpdir();
  // Each project of a run calls this: a nested path is soon too long for a socket of a browser.
  if (basename(parent) === `${PREFIX}${process.pid}`) return;
  for (const name of readdirSync(parent).filter((each) => each.startsWith(PREFIX)))
    if (!isAlive(Number(name.slice(PREFIX.length)))) remove(join(parent, name));
  const folder = join(parent, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  process.env["TMPDIR"] = folder;
  process.on("exit", () => remove(folder));
}

/** A new folder for files of a test; `useRunFolder` removes it at the end of the run. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "test-"));

/** Programs that were killed a moment ago may still write. */
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
