import type { Clock } from "./clock.ts";

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  // The timer keeps the process alive: Lambda ends an invocation that waits for nothing else.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, ms));
      signal?.addEventListener("abort", wake, { once: true });
    }),
};
