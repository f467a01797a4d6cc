import { once } from "node:events";
import { createServer } from "node:http";
import { ConsoleError } from "./console-error.ts";
import type { Listener } from "./serve-console.ts";

export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on loopback only. Port 0 takes any free port. `serve` receives the port before the first request.
 * Rejects with ConsoleError where the port is in use.
 */
export async function listenOnLoopback(port: number, serve: (port: number) => Listener): Promise<Listening> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((cause: unknown) => {
    const detail = `Port ${port} cannot be used (${cause instanceof Error ? cause.message : cause}). Choose another with --port.`;
    throw new ConsoleError(500, "PORT", detail, { cause });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const listener = serve(address.port);
  server.on("request", (incoming, outgoing) => void listener(incoming, outgoing));
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
