import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { type Problem, toProblem } from "./fetch-json.ts";
import { TargetInfo } from "./target-info.ts";

/** The state of a value that is polled. A failure keeps the latest value. */
export type Live<Value> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: Value }
  | { readonly kind: "failed"; readonly problem: Problem; readonly value?: Value };

export interface LiveOptions {
  /** Multiplies the refresh interval: 4 reads at every fourth. */
  readonly every?: number;
  /** Cost of a read on AWS: `high` is read less often there, `manual` only by `refresh`. */
  readonly cost?: "low" | "high" | "manual";
}

const INTERVAL_FACTORS = { low: 1, high: 4, manual: 0 } as const;

/**
 * Reads now and at each refresh interval of the target, except while the page is hidden.
 * A change of `key` discards the value. `refresh` reads at once.
 */
export function useLive<Value>(
  key: string,
  read: () => Promise<Value>,
  { every = 1, cost = "low" }: LiveOptions = {},
): { readonly live: Live<Value>; readonly refresh: () => void } {
  const { refreshMs, about } = useContext(TargetInfo);
  const factor = about.where === "aws" ? INTERVAL_FACTORS[cost] : 1;
  const [state, setState] = useState<{ key: string; live: Live<Value> }>({ key, live: { kind: "loading" } });
  const latest = useRef({ read, turn: 0 });
  latest.current.read = read;

  const refresh = useCallback(() => {
    const turn = ++latest.current.turn;
    // A response that a later read has overtaken is dropped.
    const show = (next: (before: Live<Value>) => Live<Value>) => {
      if (turn !== latest.current.turn) return;
      setState((before) => ({ key, live: next(before.key === key ? before.live : { kind: "loading" }) }));
    };
    latest.current.read().then(
      (value) => show(() => ({ kind: "ready", value })),
      (error: unknown) => show((before) => failedAfter(before, toProblem(error))),
    );
  }, [key]);

  useEffect(() => {
    refresh();
    const tick = () => {
      if (!document.hidden) refresh();
    };
    if (factor === 0) return () => void latest.current.turn++;
    const timer = setInterval(tick, refreshMs * every * factor);
    document.addEventListener("visibilitychange", tick);
    return () => {
      latest.current.turn++;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [refresh, refreshMs, every, factor]);

  return { live: state.key === key ? state.live : { kind: "loading" }, refresh };
}

/** The latest value, also after a failure. */
export function latestValue<Value>(live: Live<Value>): Value | undefined {
  return live.kind === "loading" ? undefined : live.value;
}

function failedAfter<Value>(before: Live<Value>, problem: Problem): Live<Value> {
  const value = latestValue(before);
  return value === undefined ? { kind: "failed", problem } : { kind: "failed", problem, value };
}
