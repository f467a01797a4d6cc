import type { EventType } from "./order-status.ts";

/** A consumer or publisher that operators can pause, as the deployment describes it to the functions that pause it. */
export interface Pausable {
  readonly name: string;
  /** The types of the events that it handles. */
  readonly on: readonly EventType[];
  /** Physical name of its function. */
  readonly functionName: string;
  readonly waitsIn: "queue" | "stream" | "topic" | "rabbitmq";
  /** How long a message is kept while it waits. */
  readonly keptSeconds: number;
  /** Age above which the consumer parks a message; 0: never. */
  readonly expiresSeconds: number;
  /** Length of its queue above which the API refuses new orders. */
  readonly backlogLimit?: number;
  /** The types of the events whose effect on orders waits while it is paused. */
  readonly finishes: readonly EventType[];
  /** false: the setting `processing` keeps its event source mapping switched off. */
  readonly processes: boolean;
}

/** Keys of the rows of paused consumers in the failed-message table: `pause#<consumer>`. No message has such a key. */
export const PAUSE_PREFIX = "pause#";
