export interface Closable {
  close(): Promise<void>;
}

/** What was started, to be closed in the opposite order. */
export interface Closing {
  add<Part extends Closable>(part: Part): Part;
  /** As Promise.all, but waits for all to settle: what starts after another failed is then closed, too. */
  all<Parts extends readonly unknown[]>(
    parts: Parts,
  ): Promise<{ -readonly [K in keyof Parts]: Awaited<Parts[K]> }>;
  /** Closes everything once. A part that does not close in time, or fails to, does not keep the others. */
  close(): Promise<void>;
}

const PATIENCE_MS = 1_200;

export function makeClosing(): Closing {
  const parts: Closable[] = [];
  let closed: Promise<void> | undefined;
  const closeAll = async () => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) await patiently(part);
  };
  return {
    add(part) {
      parts.push(part);
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

async function patiently(part: Closable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PATIENCE_MS);
  await Promise.race([promise, part.close().catch(() => {})]);
  clearTimeout(timer);
}
