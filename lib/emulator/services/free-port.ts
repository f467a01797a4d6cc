import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections: from 32768 on Linux, from 49152 elsewhere. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_767;
const TRIES = 50;

/**
 * A port of a loopback address that was free a moment ago. No outgoing connection takes it until the server listens, or
 * while it is down. Rejects where the system does not have the address. `draw` returns an integer of at least `from` and
 * below `to`.
 */
export async function freePort(
  host = "127.0.0.1",
  draw: (from: number, to: number) => number = randomInt,
): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = draw(FIRST_PORT, LAST_PORT + 1);
    const server = createServer().listen(port, host);
    try {
      await once(server, "listening");
    } catch (error) {
      // EACCES: Windows reserves ranges of ports.
      if (tries === TRIES || !/EADDRINUSE|EACCES/.test(String(error))) throw error;
      continue;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}
