import { rm } from "node:fs/promises";
import { spawnTied } from "./tied-process.ts";

/** One life of a server's process. */
export interface ProcessLife {
  /** Resolves with the exit code or signal. */
  readonly ended: Promise<string>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

export interface LastingOptions {
  /** Begins a life, and resolves when it serves. */
  readonly start: () => Promise<ProcessLife>;
  /** Called when the process exited unexpectedly, before it is restarted. */
  readonly onEnd: (how: string) => void;
  /** Called when it serves again after an unexpected end. */
  readonly onBack?: () => void;
  /** A folder that goes with the server. */
  readonly scratch?: string;
}

/** A server that is restarted after each unexpected end, on the same data. */
export interface LastingProcess {
  /** `kill -9`, as a machine dies. It stays down until `restart`. */
  kill(): Promise<void>;
  /** Starts it again, ending it before when it runs. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Resolves when the first life serves; rejects as `start` does. */
export async function lastingProcess({
  start,
  onEnd,
  onBack = () => {},
  scratch,
}: LastingOptions): Promise<LastingProcess> {
  // Processes come and go on the folder, so it is this one that takes it away, also after `kill -9`.
  const keeper = scratch === undefined ? undefined : spawnTied("sleep", ["2000000000"], scratch);
  let running: ProcessLife | undefined;
  const begin = async () => {
    const life = await start();
    running = life;
    void life.ended.then((how) => {
      // One that was stopped, killed or replaced on purpose is not `running` any more.
      if (running !== life) return;
      running = undefined;
      onEnd(how);
      begin().then(onBack, (error: unknown) => onEnd(String(error)));
    });
  };
  const end = async (how: "stop" | "kill") => {
    const life = running;
    running = undefined;
    await life?.[how]();
  };
  const forget = async () => {
    keeper?.stdin?.destroy();
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  };
  try {
    await begin();
  } catch (error) {
    await forget();
    throw error;
  }
  return {
    kill: () => end("kill"),
    async restart() {
      await end("stop");
      await begin();
    },
    async close() {
      // What goes with it needs no orderly end.
      await end(scratch === undefined ? "stop" : "kill");
      await forget();
    },
  };
}
