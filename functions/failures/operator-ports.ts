import type { AuditAct } from "../middleware/audit.ts";
import type { EffectMarks } from "../middleware/effect-once.ts";
import type { Notifications } from "../orders/ports/notifications.ts";
import type { OrderStore } from "../orders/ports/order-store.ts";
import type { Topic } from "../publishing/ports/publisher.ts";
import type { Queues } from "../publishing/ports/queues.ts";
import type { BodyContent } from "./domain/redrive-decision.ts";
import type { FailurePorts } from "./record-failure.ts";

/** What reading a failed message needs. */
export interface InspectPorts extends FailurePorts {
  readonly orders: OrderStore;
  readonly notifications: Notifications;
  readonly effectMarks: EffectMarks;
  /** Consumer → URL of its queue. */
  readonly sourceQueues: Readonly<Record<string, string | undefined>>;
  /** Decodes a body as the consumers do. MUST NOT throw. */
  readonly decode: (body: string) => BodyContent;
}

/** What acting on a failed message needs. */
export interface ActPorts extends InspectPorts {
  readonly queues: Queues;
  readonly publisher: Topic;
  /** Whether the error is transient: the act may succeed later. MUST NOT throw. */
  readonly isOutage: (error: unknown) => boolean;
  readonly audit: AuditAct;
}

/** Both go into the history of the row. */
export interface Actor {
  readonly by: string;
  readonly why: string;
  /** The job on whose behalf the act is. */
  readonly jobId?: string;
}
