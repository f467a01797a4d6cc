import type { IncomingMessage } from "node:http";
import { LIMITS } from "../../../../functions/contract/limits.ts";
import { ConsoleError } from "./console-error.ts";

/** The body of a request as text. Throws ConsoleError 413 above the limit of the product's API. */
export async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > LIMITS.bodyBytes) {
      throw new ConsoleError(413, "BODY_TOO_LARGE", `The body may have at most ${LIMITS.bodyBytes} bytes.`);
    }
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The JSON object of a request. Throws ConsoleError 400 or 413. */
export async function readJsonObject(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readText(incoming));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (error instanceof ConsoleError) throw error;
  }
  throw new ConsoleError(400, "MALFORMED_JSON", "Send a JSON object.");
}
