import { once } from "node:events";
import type { Server } from "node:http";

/** Listens on a free port of loopback. Resolves to the address: `127.0.0.1:<port>`. */
export async function listenOnLoopback(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return `127.0.0.1:${address.port}`;
}
