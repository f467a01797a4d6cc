import type { ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findDynamoDb, requireAnswer } from "./find-dynamodb.ts";
import { freePort } from "./free-port.ts";
import { indexStreams, makeScratchFolder } from "./indexed-streams.ts";
import { spawnTied } from "./tied-process.ts";

export interface DynamoDb {
  readonly endpoint: string;
  /** Why web pages may reach it without the emulator's guard; `undefined` where they cannot guess its address. */
  readonly exposure: string | undefined;
  /** Resolves with a reason when the process ends unexpectedly. */
  readonly died: Promise<string>;
  close(): Promise<void>;
}

const STARTUP_MS = 10_000;
/** Number of addresses to try. */
const ATTEMPTS = 5;
/** The address that every page can guess. */
const VISIBLE_HOST = "127.0.0.1";

/**
 * Starts dynoxide with its database in `dataDir`, else in memory, or uses the service of DYNAMODB_ENDPOINT. Rejects with
 * NoDynamoDbError.
 */
export async function startDynamoDb(options: { readonly dataDir?: string }): Promise<DynamoDb> {
  const source = findDynamoDb(process.env);
  if (source.kind === "endpoint") {
    await requireAnswer(source.url);
    return {
      endpoint: source.url.replace(/\/$/, ""),
      exposure: "DYNAMODB_ENDPOINT has its own rules for web pages: the emulator does not guard it.",
      died: new Promise(() => {}),
      close: async () => {},
    };
  }
  const { child, host, port, file } = await serve(source.path, options.dataDir);
  if (file !== undefined) indexStreams(file);
  let closing = false;
  const ended = once(child, "exit");
  return {
    endpoint: `http://${host}:${port}`,
    exposure:
      host === VISIBLE_HOST
        ? "DynamoDB accepts requests of web pages, and on this system only its port is random. Open no untrusted page meanwhile."
        : undefined,
    died: ended.then(([code, signal]) =>
      closing ? new Promise<string>(() => {}) : `dynoxide exited (${signal ?? `exit code ${code}`})`,
    ),
    async close() {
      closing = true;
      child.stdin?.destroy();
      if (child.exitCode === null && child.signalCode === null) await ended;
    },
  };
}

/** Tries another address where the port is taken: dynoxide needs it free on every address. */
async function serve(binary: string, dataDir: string | undefined) {
  for (let attempt = 1; ; attempt++) {
    const { host, port } = await hiddenAddress();
    // A process that ends removes its scratch folder, so each has its own.
    const scratch = dataDir === undefined ? makeScratchFolder() : undefined;
    const folder = dataDir ?? scratch;
    const file = folder === undefined ? undefined : join(folder, "dynamodb.sqlite");
    const database = file === undefined ? [] : ["--db-path", file];
    const child = spawnTied(binary, ["serve", "--host", host, "--port", String(port), ...database], scratch);
    try {
      await listening(child);
      return { child, host, port, file };
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes("already in use")) throw error;
    }
  }
}

/**
 * A random one of the 16 million loopback addresses of Linux; 127.0.0.1 where the system has no other. dynoxide permits
 * every web page every call (`Access-Control-Allow-Origin: *`), and no guard can precede it: a page would have to guess
 * the address. Functions and tools use the proxy, which has a guard.
 */
async function hiddenAddress(): Promise<{ readonly host: string; readonly port: number }> {
  const host = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  return freePort(host).then(
    (port) => ({ host, port }),
    async () => ({ host: VISIBLE_HOST, port: await freePort(VISIBLE_HOST) }),
  );
}

async function listening(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failure = () => `dynoxide did not start: ${lines.join(" ") || "no output"}`;
  const timer = setTimeout(() => reject(new Error(failure())), STARTUP_MS);
  if (child.stderr === null) throw new Error("dynoxide has no output to read");
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (line.includes("listening on")) resolve();
  });
  child.once("error", reject);
  child.once("exit", () => reject(new Error(failure())));
  await promise.finally(() => clearTimeout(timer));
}
