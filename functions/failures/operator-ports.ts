import type { Notifications } from "../orders/ports/notifications.ts";
import type { Orders } from "../orders/ports/order-store.ts";
import type { Topic } from "../publishing/ports/publisher.ts";
import type { Queues } from "../publishing/ports/queues.ts";
import type { BodyContent } from "./domain/redrive-decision.ts";
import type { FailurePorts } from "./record-failure.ts";

/** What looking at a failed message takes. */
export interface LookPorts extends FailurePorts {
  readonly orders: Orders;
  readonly notifications: Notifications;
  /** Consumer → URL of the queue it reads. */
  readonly sourceQueues: Readonly<Record<string, string | undefined>>;
  /** What the consumers would make of a body. MUST NOT throw. */
  readonly decode: (body: string) => BodyContent;
}

/** What acting on it takes. */
export interface ActPorts extends LookPorts {
  readonly queues: Queues;
  readonly publisher: Topic;
  /** Whether an error says that a service did not answer: the same act may work later. MUST NOT throw. */
  readonly isOutage: (error: unknown) => boolean;
  /** Takes one line for each act: ids and outcomes, never payloads. MUST NOT throw. */
  readonly audit: (act: Readonly<Record<string, string | number | boolean | undefined>>) => void;
}

/** Who acts, and why: both go into the history of the row. */
export interface Actor {
  readonly by: string;
  readonly why: string;
}
