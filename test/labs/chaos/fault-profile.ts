import type { Random } from "../simulation/engine/random.ts";
import { type Call, refusalOf, type Service } from "./calls.ts";
import type { Fault } from "./fault-proxy.ts";

/** Decides which calls get which fault, and counts them. */
export interface FaultProfile {
  fault(call: Call): Fault | undefined;
  /** Refuses every call of a service until the returned function is called. */
  outage(service: Service): () => void;
  /** No faults while paused. */
  pause(isPaused: boolean): void;
  /** Calls of each boundary, and faults by kind. */
  readonly seen: Readonly<Record<Service, ReadonlyMap<string, number>>>;
}

const KINDS = ["refused", "throttled", "cut", "hangs", "response lost", "response replaced", "late"] as const;

/** A tenth of the late calls arrive after the client time-out of 2 s. */
const LATE_MS = { usually: 800, sometimes: 4_000 };
/** Longer than any client time-out, that of mails included. The emulator's own pollers have none. */
const HANG_MS = 8_000;
const SOMETIMES = 0.1;

/**
 * Calls without faults. A receive with a lost response hides its messages until their visibility time-out, as a killed
 * function does, but it would do so for every message of the run.
 */
const SPARED: ReadonlySet<string> = new Set(["ReceiveMessage"]);

/** Faults for the share `rate` of calls, all kinds equally often. */
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

  function choose(service: Service): Fault | undefined {
    if (out.has(service)) return { kind: "refused", response: refusalOf(service, "broken") };
    if (!random.chance(rate)) return undefined;
    const kind = random.pick(KINDS);
    switch (kind) {
      case "refused":
      case "response replaced":
        return { kind, response: refusalOf(service, "broken") };
      case "throttled":
        return { kind, response: refusalOf(service, "throttled") };
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
    fault({ service, operation }) {
      if (SPARED.has(operation)) return undefined;
      count(service, "calls");
      const fault = paused ? undefined : choose(service);
      if (fault !== undefined) count(service, fault.kind);
      return fault;
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
