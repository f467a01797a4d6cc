import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Leaves the stage's address where the command line finds it. */
export async function rememberStage(file: string, url: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ url, pid: process.pid }));
}

/** The address of the stage started last, if it has not ended by itself. */
export async function rememberedStage(file: string): Promise<string | undefined> {
  try {
    const { url } = JSON.parse(await readFile(file, "utf8"));
    return typeof url === "string" ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the address away, unless another stage has left its own since. */
export async function forgetStage(file: string, url: string): Promise<void> {
  if ((await rememberedStage(file)) === url) await rm(file, { force: true });
}
