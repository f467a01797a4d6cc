/** The waits of one loop. `stop` ends every wait, `wake` only those of an idle loop. */
export interface LoopWaits {
  /** Resolves after `ms`, or at `stop`. */
  wait(ms: number): Promise<void>;
  /** Like `wait`, but `wake` ends it too; returns at once where a wake-up came since the last idle wait. */
  idle(ms: number): Promise<void>;
  wake(): void;
  stop(): void;
  readonly stopped: boolean;
}

export const createLoopWaits = (): LoopWaits => {
  let stopped = false;
  let woken = false;
  let waiting: { readonly idle: boolean; readonly end: () => void } | undefined;

  const wait = (ms: number, idle: boolean): Promise<void> =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        waiting = undefined;
        if (idle) woken = false;
        resolve();
      };
      const timer = setTimeout(end, ms);
      waiting = { idle, end };
      if (stopped || (idle && woken)) end();
    });

  return {
    wait: (ms) => wait(ms, false),
    idle: (ms) => wait(ms, true),
    wake: () => {
      woken = true;
      if (waiting?.idle === true) waiting.end();
    },
    stop: () => {
      stopped = true;
      waiting?.end();
    },
    get stopped() {
      return stopped;
    },
  };
};

/** Doubles from `firstMs` to `lastMs` until it is reset. */
export const createBackoff = (firstMs: number, lastMs: number) => {
  let nextMs = firstMs;
  return {
    next: (): number => {
      const ms = nextMs;
      nextMs = Math.min(nextMs * 2, lastMs);
      return ms;
    },
    reset: (): void => {
      nextMs = firstMs;
    },
  };
};
