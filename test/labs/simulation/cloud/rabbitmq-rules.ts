import type { Random } from "../engine/random.ts";

/** What differs between versions of the broker, and what is not documented of the event source mapping. */
export interface RabbitRules {
  /** How the event source mapping redelivers a failed batch. */
  readonly requeue: "nack" | "reject" | "close";
  /** 4.3: a negative acknowledgement does not count as a failed delivery. */
  readonly nackCounts: boolean;
  /** 4.3 counts every delivery in `x-acquired-count`. */
  readonly countsAcquisitions: boolean;
  /** The event source mapping hands the counts of the broker over. */
  readonly handsCountsOver: boolean;
  /** 3.x counts on from the x-death that a client publishes. */
  readonly believesClients: boolean;
  /** `x-last-death-reason` */
  readonly tellsLastDeath: boolean;
  /** What is redelivered goes behind the messages that wait. */
  readonly returnsToTail: boolean;
}

const VERSIONS = [
  { nackCounts: true, countsAcquisitions: false, believesClients: true, tellsLastDeath: false },
  { nackCounts: true, countsAcquisitions: false, believesClients: false, tellsLastDeath: true },
  { nackCounts: false, countsAcquisitions: true, believesClients: false, tellsLastDeath: true },
] as const;

/** The rules of one schedule: 3.10, 4.0 or 4.3, and a reading of what is unknown. */
export function rabbitRules(random: Random): RabbitRules {
  return {
    ...random.pick(VERSIONS),
    requeue: random.pick(["nack", "reject", "close"] as const),
    handsCountsOver: random.chance(0.5),
    returnsToTail: random.chance(0.5),
  };
}
