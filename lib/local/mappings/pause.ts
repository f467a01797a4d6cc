/** Waits that can be cut short: by a wake-up, or for good by the stop of the mapping. */
export interface Pause {
  /** Resolves after `ms`, at `wake`, or at `stop`; at once when a wake-up came since the last wait. */
  wait(ms: number): Promise<void>;
  wake(): void;
  stop(): void;
  readonly stopped: boolean;
}

export const createPause = (): Pause => {
  let stopped = false;
  let woken = false;
  let cut: (() => void) | undefined;
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        if (stopped || woken) {
          woken = false;
          resolve();
          return;
        }
        const timer = setTimeout(() => {
          cut = undefined;
          resolve();
        }, ms);
        cut = () => {
          clearTimeout(timer);
          cut = undefined;
          woken = false;
          resolve();
        };
      }),
    wake: () => {
      woken = true;
      cut?.();
    },
    stop: () => {
      stopped = true;
      cut?.();
    },
    get stopped() {
      return stopped;
    },
  };
};

/** Doubles from `firstMs` to `lastMs`, until it is reset. */
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
