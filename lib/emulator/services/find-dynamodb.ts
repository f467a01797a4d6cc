import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** Where DynamoDB comes from: a service that runs already, or a binary to start. */
export type DynamoDbSource =
  | { readonly kind: "endpoint"; readonly url: string }
  | { readonly kind: "binary"; readonly path: string };

/** Nothing to run DynamoDB with; the message holds the command that helps. */
export class NoDynamoDbError extends Error {
  override readonly name = "NoDynamoDbError";
}

/** The version the emulator was tried with; the package of another platform is not in the lock file. */
const VERSION = "1.2.1";

/**
 * `DYNAMODB_ENDPOINT`, else the package `@dynoxide/<platform>`, else a `dynoxide` on the PATH.
 * Throws NoDynamoDbError when there is none.
 */
export function findDynamoDb(
  environment: Readonly<Record<string, string | undefined>>,
  platform = `${process.platform}-${process.arch}`,
): DynamoDbSource {
  const url = environment["DYNAMODB_ENDPOINT"];
  if (url !== undefined && url !== "") return { kind: "endpoint", url };
  const path = packaged(platform) ?? onPath(environment["PATH"] ?? "");
  if (path !== undefined) return { kind: "binary", path };
  throw new NoDynamoDbError(
    `The emulator runs DynamoDB by the binary dynoxide, and there is none for ${platform}.\n` +
      `Install it:  npm install --no-save @dynoxide/${platform}@${VERSION}\n` +
      "Or put a dynoxide on the PATH, or name a running DynamoDB with transactions and streams in DYNAMODB_ENDPOINT.",
  );
}

const ANSWER_MS = 5_000;

/** Rejects with NoDynamoDbError where nothing answers at the address that DYNAMODB_ENDPOINT holds. Any answer will do. */
export async function requireAnswer(url: string): Promise<void> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).body?.cancel();
  } catch (cause) {
    throw new NoDynamoDbError(
      `Nothing answers at ${url}, which DYNAMODB_ENDPOINT names (${reasonOf(cause)}). ` +
        "Start a DynamoDB there, or unset DYNAMODB_ENDPOINT for the bundled one.",
      { cause },
    );
  }
}

/** `fetch` says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message === "" && "code" in cause ? String(cause.code) : cause.message;
}

const binaryName = process.platform === "win32" ? "dynoxide.exe" : "dynoxide";

function packaged(platform: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${platform}/${binaryName}`);
  } catch {
    return undefined;
  }
}

const onPath = (path: string): string | undefined =>
  path
    .split(delimiter)
    .map((folder) => join(folder, binaryName))
    .find((file) => existsSync(file));
