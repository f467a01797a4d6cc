import type { IncomingMessage } from "node:http";
import { ConsoleError } from "./console-error.ts";

/** A message is up to 256 KB, and JSON in JSON is longer. */
const MOST_BYTES = 1024 * 1024;

/** The body of a request as text. Throws ConsoleError 413. */
export async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) throw new ConsoleError(413, "BODY_TOO_LARGE", `At most ${MOST_BYTES} bytes.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The JSON object of a request. Throws ConsoleError 400 or 413. */
export async function readObject(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readText(incoming));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (error instanceof ConsoleError) throw error;
  }
  throw new ConsoleError(400, "MALFORMED_JSON", "Send a JSON object.");
}
