import { currentInvocation, type Invocation, type Scheduler } from "./scheduler.ts";

/** The result of an invocation as its caller receives it. */
export type InvocationResult =
  | { readonly kind: "response"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown }
  /** It crashed or timed out. */
  | { readonly kind: "killed" };

export interface LambdaHost {
  /**
   * Starts an invocation. `ended` is called exactly once, as a step of its own. The time-out kills the invocation, or
   * leaves a zombie whose pending calls still run.
   */
  invoke(
    name: string,
    options: { readonly timeoutMs: number; readonly skewMs: number; readonly becomesZombie: boolean },
    body: (context: { getRemainingTimeInMillis(): number }) => Promise<unknown>,
    ended: (result: InvocationResult) => void,
  ): void;
  /** Ends an invocation at once: none of its pending calls runs. */
  crash(invocation: Invocation): void;
  /** Number of running invocations of a function. */
  running(name: string): number;
  total(): number;
}

export function lambdaHost(scheduler: Scheduler): LambdaHost {
  const running = new Map<string, number>();
  const crashed = new Map<Invocation, () => void>();
  let total = 0;
  let ids = 0;
  const count = (name: string, by: number) => {
    total += by;
    running.set(name, (running.get(name) ?? 0) + by);
  };

  return {
    total: () => total,
    running: (name) => running.get(name) ?? 0,
    crash(invocation) {
      invocation.state = "dead";
      crashed.get(invocation)?.();
    },
    invoke(name, { timeoutMs, skewMs, becomesZombie }, body, ended) {
      const invocation: Invocation = {
        id: ++ids,
        name,
        skewMs,
        startedAt: scheduler.now(),
        state: "running",
      };
      const label = `${name}#${invocation.id}`;
      count(name, 1);
      let isOver = false;
      const end = (result: InvocationResult) => {
        if (isOver) return;
        isOver = true;
        timeout.isCancelled = true;
        crashed.delete(invocation);
        count(name, -1);
        scheduler.ready.push({ label: `${label} ${result.kind}`, run: () => ended(result) });
      };
      const timeout = scheduler.after(timeoutMs, {
        label: `${label} times out`,
        run() {
          if (isOver) return;
          invocation.state = becomesZombie ? "zombie" : "dead";
          end({ kind: "killed" });
        },
      });
      crashed.set(invocation, () => end({ kind: "killed" }));
      const context = { getRemainingTimeInMillis: () => invocation.startedAt + timeoutMs - scheduler.now() };
      currentInvocation
        .run(invocation, body, context)
        .then((value) => end({ kind: "response", value }))
        .catch((error: unknown) => end({ kind: "error", error }));
    },
  };
}
