export interface Closable {
  close(): Promise<void>;
}

/** The order of shutdown: first the entries of new work, then the functions, then the services that they use. */
const PHASES = ["ingress", "functions", "services"] as const;
export type Phase = (typeof PHASES)[number];

/** Closes the started parts in order. */
export interface Shutdown {
  add<Part extends Closable>(phase: Phase, part: Part): Part;
  /** Like Promise.all, but waits for all of them, so that a part that starts after another failed is closed as well. */
  all<Parts extends readonly unknown[]>(
    parts: Parts,
  ): Promise<{ -readonly [K in keyof Parts]: Awaited<Parts[K]> }>;
  /** Closes everything once, the parts of one phase concurrently. */
  close(): Promise<void>;
}

/** Shutdown ends within two seconds. A part that does not close in time ends with the process. */
const CLOSE_TIMEOUT_MS: Readonly<Record<Phase, number>> = { ingress: 1_000, functions: 300, services: 500 };

export function createShutdown(): Shutdown {
  const parts = new Map<Phase, Closable[]>(PHASES.map((phase) => [phase, []]));
  let closed: Promise<void> | undefined;
  const closeAll = async () => {
    for (const [phase, members] of parts) {
      const all = Promise.allSettled(members.map((part) => part.close()));
      await atMost(CLOSE_TIMEOUT_MS[phase], all);
    }
  };
  return {
    add(phase, part) {
      parts.get(phase)?.push(part);
      return part;
    },
    async all(promises) {
      await Promise.allSettled(promises);
      return Promise.all(promises);
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, work]);
  clearTimeout(timer);
}
