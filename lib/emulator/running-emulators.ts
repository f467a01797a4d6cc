import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isRecord } from "./assembly/template-values.ts";

/** A started emulator that did not record its end. */
interface RunningEmulator {
  readonly url: string;
  readonly pid: number;
}

/**
 * The file with the running emulators of a checkout. ORDER_EVENTS_EMULATOR_FILE names another, so that test processes
 * do not find each other's emulators.
 */
export const emulatorFile = (root: string, env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env["ORDER_EVENTS_EMULATOR_FILE"] || join(root, ".cache", "emulator.json"));

/** Records the URL of an emulator for the command line. */
export async function recordEmulator(file: string, url: string, pid = process.pid): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await write(file, [...(await running(file)), { url, pid }]);
}

/** URL of the running emulator that started last. */
export async function runningEmulator(file: string): Promise<string | undefined> {
  return (await running(file)).at(-1)?.url;
}

/** Removes the URL of an emulator. An earlier one that still runs becomes the last. */
export async function removeEmulator(file: string, url: string): Promise<void> {
  await write(
    file,
    (await running(file)).filter((emulator) => emulator.url !== url),
  );
}

/** A killed emulator leaves its entry, so its process is checked. */
async function running(file: string): Promise<readonly RunningEmulator[]> {
  const emulators: unknown = await readFile(file, "utf8")
    .then(JSON.parse)
    .catch(() => []);
  return (Array.isArray(emulators) ? emulators : [])
    .filter(isRunningEmulator)
    .filter(({ pid }) => isAlive(pid));
}

const write = (file: string, emulators: readonly RunningEmulator[]) =>
  writeFile(file, `${JSON.stringify(emulators)}\n`);

const isRunningEmulator = (value: unknown): value is RunningEmulator =>
  isRecord(value) && typeof value["url"] === "string" && typeof value["pid"] === "number";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
