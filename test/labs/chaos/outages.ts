import { setTimeout as pause } from "node:timers/promises";
import type { Emulator } from "../../../lib/emulator/start-emulator.ts";
import type { FaultProfile } from "./fault-profile.ts";

/** A full outage that starts when a share of the orders is accepted. */
interface Outage {
  readonly what: string;
  readonly fromShare: number;
  readonly seconds: number;
  begin(emulator: Emulator, faultProfile: FaultProfile): () => void;
}

const OUTAGES: readonly Outage[] = [
  {
    // Longer than the publisher retries: events are parked, and maintenance publishes them.
    what: "the topic",
    fromShare: 0.2,
    seconds: 75,
    begin: (_, faultProfile) => faultProfile.outage("sns"),
  },
  {
    // Longer than five receives: messages are retried from the dead-letter queue.
    what: "the stock table",
    fromShare: 0.6,
    seconds: 40,
    begin({ faults }) {
      faults.break("table:stock");
      return () => faults.mend("table:stock");
    },
  },
];

export interface Outages {
  /** Starts the outages that are due at this number of accepted orders. */
  accepted(count: number): void;
  /** Ends all outages. */
  end(): Promise<void>;
}

export function planOutages(
  orders: number,
  emulator: Emulator,
  faultProfile: FaultProfile,
  log: (text: string) => void,
): Outages {
  const ended = new AbortController();
  const waiting = [...OUTAGES];
  const running: Promise<void>[] = [];

  async function run({ what, seconds, begin }: Outage): Promise<void> {
    const end = begin(emulator, faultProfile);
    log(`${what} is out`);
    await pause(seconds * 1_000, undefined, { signal: ended.signal }).catch(() => undefined);
    end();
    log(`${what} is back`);
  }

  return {
    accepted(count) {
      const [next] = waiting;
      if (next === undefined || count < next.fromShare * orders) return;
      waiting.shift();
      running.push(run(next));
    },
    async end() {
      ended.abort();
      await Promise.all(running);
    },
  };
}
