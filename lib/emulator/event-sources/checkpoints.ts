import { mkdirSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DataFolderError } from "../data-lock.ts";

/** The last finished record of a shard. */
export interface Checkpoint {
  readonly sequenceNumber: string;
  /** Seconds since the epoch, from the stream. */
  readonly createdAtSeconds: number;
}

/** The position of one mapping in each shard of one stream. */
export interface Checkpoints {
  get(shardId: string): Checkpoint | undefined;
  /** Stores in memory and, with a folder, shortly after in the file. After a crash in between, records are redelivered. */
  set(shardId: string, checkpoint: Checkpoint): void;
  /** Resolves when the file is up to date. */
  flush(): Promise<void>;
}

interface CheckpointFile {
  /** The sequence numbers of a table that was created again start anew: older checkpoints mean nothing. */
  readonly streamArn: string;
  readonly shards: Readonly<Record<string, Checkpoint>>;
}

const read = (file: string, streamArn: string): CheckpointFile["shards"] => {
  try {
    const stored = JSON.parse(readFileSync(file, "utf8")) as CheckpointFile;
    return stored.streamArn === streamArn ? stored.shards : {};
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new DataFolderError(
      `The checkpoint file ${file} cannot be read. Remove it to read the stream from its start.`,
      { cause: error },
    );
  }
};

/** Checkpoints in memory, and in `<dataDir>/checkpoints/<mappingId>.json` with a folder. */
export const openCheckpoints = (
  mappingId: string,
  streamArn: string,
  dataDir: string | undefined,
): Checkpoints => {
  const folder = dataDir === undefined ? undefined : join(dataDir, "checkpoints");
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const file = folder === undefined ? undefined : join(folder, `${mappingId}.json`);
  const shards = new Map(Object.entries(file === undefined ? {} : read(file, streamArn)));
  let dirty = false;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (!dirty || file === undefined) return;
    dirty = false;
    const content: CheckpointFile = { streamArn, shards: Object.fromEntries(shards) };
    // Renamed into place: a crash while writing would leave an incomplete file.
    await writeFile(`${file}.new`, JSON.stringify(content));
    await rename(`${file}.new`, file);
  };

  return {
    get: (shardId) => shards.get(shardId),
    set: (shardId, checkpoint) => {
      shards.set(shardId, checkpoint);
      if (dirty || file === undefined) return;
      dirty = true;
      // A failed write is not final: the next checkpoint and `flush` write again.
      writing = writing.then(write).catch(() => {
        dirty = false;
      });
    },
    flush: async () => {
      await writing;
      dirty = true;
      await write();
    },
  };
};
