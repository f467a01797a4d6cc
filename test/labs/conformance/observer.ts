import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { Act, Invocation, Script } from "./target.ts";

/** The endpoint of one function, and its invocations. */
export interface Observed<R> {
  readonly url: string;
  readonly invocations: readonly Invocation<R>[];
}

/** Receives the invocations of functions and returns their next act. */
export interface Observer {
  watch<R>(script: Script<R>): Observed<R>;
  close(): Promise<void>;
}

type Responder = (body: string) => Promise<Act>;

export async function openObserver(): Promise<Observer> {
  const observed = new Map<string, Responder>();
  const server = createServer((request, response) => {
    const responding = observed.get(request.url ?? "");
    const acting =
      responding === undefined ? Promise.reject(new Error("unknown")) : read(request, responding);
    acting.then(
      (act) => response.end(JSON.stringify(act)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The observer has no port");
  const origin = `http://127.0.0.1:${address.port}`;

  return {
    watch: (script) => {
      const path = `/${observed.size}`;
      const { responding, invocations } = follow(script);
      observed.set(path, responding);
      return { url: `${origin}${path}`, invocations };
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const read = async (request: IncomingMessage, responding: Responder): Promise<Act> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return responding(Buffer.concat(chunks).toString());
};

/** Counts a function as running until its script returns. */
const follow = <R>(script: Script<R>) => {
  const invocations: Invocation<R>[] = [];
  let running = 0;
  const responding: Responder = async (body) => {
    const { Records: records } = JSON.parse(body) as { readonly Records: readonly R[] };
    running += 1;
    const invocation = {
      number: invocations.length + 1,
      records,
      bytes: Buffer.byteLength(body),
      at: performance.now(),
      running,
    };
    invocations.push(invocation);
    try {
      return await script(invocation);
    } finally {
      running -= 1;
    }
  };
  return { responding, invocations };
};
