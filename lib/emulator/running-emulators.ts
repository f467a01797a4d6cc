import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isRecord } from "./assembly/template-values.ts";

/** A stage that was started and has not said that it ended. */
interface Remembered {
  readonly url: string;
  readonly pid: number;
}

/** Leaves the stage's address where the command line finds it. */
export async function rememberStage(file: string, url: string, pid = process.pid): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await write(file, [...(await running(file)), { url, pid }]);
}

/** The address of the stage that was started last and still runs. */
export async function rememberedStage(file: string): Promise<string | undefined> {
  return (await running(file)).at(-1)?.url;
}

/** Takes a stage's address away; one that was started earlier and still runs is found again. */
export async function forgetStage(file: string, url: string): Promise<void> {
  await write(
    file,
    (await running(file)).filter((stage) => stage.url !== url),
  );
}

/** Those that were killed have said nothing: their process tells. */
async function running(file: string): Promise<readonly Remembered[]> {
  const stages: unknown = await readFile(file, "utf8")
    .then(JSON.parse)
    .catch(() => []);
  return (Array.isArray(stages) ? stages : []).filter(isRemembered).filter(({ pid }) => isAlive(pid));
}

const write = (file: string, stages: readonly Remembered[]) => writeFile(file, `${JSON.stringify(stages)}\n`);

const isRemembered = (value: unknown): value is Remembered =>
  isRecord(value) && typeof value["url"] === "string" && typeof value["pid"] === "number";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
