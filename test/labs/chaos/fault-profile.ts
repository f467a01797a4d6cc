import type { Random } from "../simulation/engine/random.ts";
import { type Call, refusalOf, type Service } from "./calls.ts";
import type { Strike } from "./fault-proxy.ts";

/** Decides which calls are struck, and how; counts what it did. */
export interface FaultProfile {
  strike(call: Call): Strike | undefined;
  /** Every call of a service fails before it is done, until the returned function is called. */
  outage(service: Service): () => void;
  /** While it is paused nothing is struck. */
  pause(isPaused: boolean): void;
  /** Calls that passed the boundary, and strikes by their kind. */
  readonly seen: Readonly<Record<Service, ReadonlyMap<string, number>>>;
}

const KINDS = ["refused", "throttled", "cut", "hangs", "answer lost", "answer spoiled", "late"] as const;

/** A tenth of the late calls arrive when a function has given up on them, which it does after 2 s. */
const LATE_MS = { usually: 800, sometimes: 4_000 };
/** Longer than a function waits for any answer, the mail's included; the emulator's own pollers wait without end. */
const HANG_MS = 8_000;
const SOMETIMES = 0.1;

/**
 * Calls that no fault strikes. A receive whose answer is lost hides its messages until their visibility ends,
 * which is what a killed function does to them already, but here for every message of the run.
 */
const SPARED: ReadonlySet<string> = new Set(["ReceiveMessage"]);

/** Strikes `rate` of the calls, all kinds alike often. */
export function makeFaultProfile(rate: number, random: Random): FaultProfile {
  const seen: Record<Service, Map<string, number>> = {
    api: new Map(),
    dynamodb: new Map(),
    sns: new Map(),
    sqs: new Map(),
    s3: new Map(),
    ses: new Map(),
  };
  const out = new Set<Service>();
  let paused = false;

  function count(service: Service, what: string): void {
    seen[service].set(what, (seen[service].get(what) ?? 0) + 1);
  }

  function choose(service: Service): Strike | undefined {
    if (out.has(service)) return { kind: "refused", answer: refusalOf(service, "broken") };
    if (!random.chance(rate)) return undefined;
    const kind = random.pick(KINDS);
    switch (kind) {
      case "refused":
      case "answer spoiled":
        return { kind, answer: refusalOf(service, "broken") };
      case "throttled":
        return { kind, answer: refusalOf(service, "throttled") };
      case "hangs":
        return { kind, ms: HANG_MS };
      case "late":
        return { kind, ms: lateMs(service) };
      default:
        return { kind };
    }
  }

  function lateMs(service: Service): number {
    const isVery = service !== "api" && random.chance(SOMETIMES);
    return isVery ? LATE_MS.sometimes : random.next() * LATE_MS.usually;
  }

  return {
    strike({ service, operation }) {
      if (SPARED.has(operation)) return undefined;
      count(service, "calls");
      const strike = paused ? undefined : choose(service);
      if (strike !== undefined) count(service, strike.kind);
      return strike;
    },
    outage(service) {
      out.add(service);
      return () => out.delete(service);
    },
    pause(isPaused) {
      paused = isPaused;
    },
    seen,
  };
}
