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

/**
 * `DYNAMODB_ENDPOINT`, else the package `@dynoxide/<platform>-<arch>`, else a `dynoxide` on the PATH.
 * Throws NoDynamoDbError when there is none.
 */
export function findDynamoDb(environment: Readonly<Record<string, string | undefined>>): DynamoDbSource {
  const url = environment["DYNAMODB_ENDPOINT"];
  if (url !== undefined && url !== "") return { kind: "endpoint", url };
  const path = packaged() ?? onPath(environment["PATH"] ?? "");
  if (path !== undefined) return { kind: "binary", path };
  throw new NoDynamoDbError(
    `DynamoDB for the stage is the binary dynoxide, and there is none for ${process.platform}-${process.arch}.\n` +
      `Install it:  npm install --no-save ${packageName}\n` +
      "Or name a running DynamoDB with transactions and streams in DYNAMODB_ENDPOINT.",
  );
}

const packageName = `@dynoxide/${process.platform}-${process.arch}`;
const binaryName = process.platform === "win32" ? "dynoxide.exe" : "dynoxide";

function packaged(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/${binaryName}`);
  } catch {
    return undefined;
  }
}

const onPath = (path: string): string | undefined =>
  path
    .split(delimiter)
    .map((folder) => join(folder, binaryName))
    .find((file) => existsSync(file));
