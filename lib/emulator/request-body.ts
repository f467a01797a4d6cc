import type { IncomingMessage } from "node:http";

/** API Gateway's own limit on a request; the functions enforce a smaller one. */
const MAX_BYTES = 10 * 1024 * 1024;

/** The whole body, or undefined as soon as it is too large. */
export async function readBody(incoming: IncomingMessage, maxBytes = MAX_BYTES): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) return undefined;
  }
  return Buffer.concat(chunks);
}
