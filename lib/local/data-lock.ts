import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Closable } from "./closing.ts";

/** Another stage keeps its state in the folder; two would undo each other's writes. */
export class DataInUseError extends Error {
  override readonly name = "DataInUseError";
}

/**
 * Takes the folder of a stage's state for this process. A lock whose process is gone, as after `kill -9`, is
 * taken over. Rejects with DataInUseError while another process holds it.
 */
export async function lockData(dataDir: string): Promise<Closable> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, "stage.pid");
  const holder = Number(await readFile(file, "utf8").catch(() => ""));
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new DataInUseError(
      `${dataDir} is in use by the stage with process id ${holder}. Stop that one, or give --data another folder.`,
    );
  }
  await writeFile(file, String(process.pid));
  return { close: () => rm(file, { force: true }) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
