import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** The DynamoDB to use: a running service, or a binary to start. */
export type DynamoDbSource =
  | { readonly kind: "endpoint"; readonly url: string }
  | { readonly kind: "binary"; readonly path: string };

/** DynamoDB is not available. The message has the remedy. */
export class NoDynamoDbError extends Error {
  override readonly name = "NoDynamoDbError";
}

/** The tested version. Packages of other platforms are not in the lock file. */
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
    `The emulator needs the binary dynoxide to run DynamoDB, and it is not installed for ${platform}.\n` +
      `Install it:  npm install --no-save @dynoxide/${platform}@${VERSION}\n` +
      "Or put dynoxide on the PATH, or set DYNAMODB_ENDPOINT to a running DynamoDB with transactions and streams.",
  );
}

const ANSWER_MS = 5_000;

/** Rejects with NoDynamoDbError where nothing answers at the address of DYNAMODB_ENDPOINT. Any response is enough. */
export async function requireAnswer(url: string): Promise<void> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).body?.cancel();
  } catch (cause) {
    throw new NoDynamoDbError(
      `No response from ${url} of DYNAMODB_ENDPOINT (${reasonOf(cause)}). ` +
        "Start DynamoDB there, or unset DYNAMODB_ENDPOINT to use the bundled one.",
      { cause },
    );
  }
}

/** The message of a `fetch` error is generic; its cause has the reason. */
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
