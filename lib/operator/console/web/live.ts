import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { type Problem, problemOf } from "./fetch-json.ts";
import { Surroundings } from "./target-info.ts";

/** Something that is read again and again. A failure keeps what was read last. */
export type Live<Value> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: Value }
  | { readonly kind: "failed"; readonly problem: Problem; readonly value?: Value };

export interface LiveOptions {
  /** How often beside the usual: 4 reads every fourth time. */
  readonly every?: number;
  /** What each look costs on AWS: `much` is read less often there, `most` only when it is asked for. */
  readonly costs?: "little" | "much" | "most";
}

const RARELY = { little: 1, much: 4, most: 0 } as const;

/**
 * Reads now, and again as often as the surroundings say, but not while nobody looks at the page.
 * `key` names what is read: another key begins anew. `refresh` reads at once.
 */
export function useLive<Value>(
  key: string,
  read: () => Promise<Value>,
  { every = 1, costs = "little" }: LiveOptions = {},
): { readonly live: Live<Value>; readonly refresh: () => void } {
  const { refreshMs, about } = useContext(Surroundings);
  const rarely = about.where === "aws" ? RARELY[costs] : 1;
  const [state, setState] = useState<{ key: string; live: Live<Value> }>({ key, live: { kind: "loading" } });
  const latest = useRef({ read, turn: 0 });
  latest.current.read = read;

  const refresh = useCallback(() => {
    const turn = ++latest.current.turn;
    // What was asked before and comes later is not shown any more.
    const show = (next: (before: Live<Value>) => Live<Value>) => {
      if (turn !== latest.current.turn) return;
      setState((before) => ({ key, live: next(before.key === key ? before.live : { kind: "loading" }) }));
    };
    latest.current.read().then(
      (value) => show(() => ({ kind: "ready", value })),
      (error: unknown) => show((before) => failedAfter(before, problemOf(error))),
    );
  }, [key]);

  useEffect(() => {
    refresh();
    const tick = () => {
      if (!document.hidden) refresh();
    };
    if (rarely === 0) return () => void latest.current.turn++;
    const timer = setInterval(tick, refreshMs * every * rarely);
    document.addEventListener("visibilitychange", tick);
    return () => {
      latest.current.turn++;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [refresh, refreshMs, every, rarely]);

  return { live: state.key === key ? state.live : { kind: "loading" }, refresh };
}

/** The value, also one that was read before a failure. */
export function lastOf<Value>(live: Live<Value>): Value | undefined {
  return live.kind === "loading" ? undefined : live.value;
}

function failedAfter<Value>(before: Live<Value>, problem: Problem): Live<Value> {
  const value = lastOf(before);
  return value === undefined ? { kind: "failed", problem } : { kind: "failed", problem, value };
}
