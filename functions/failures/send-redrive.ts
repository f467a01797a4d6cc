import type { OrderEvent } from "../contract/schemas.ts";
import { describeError } from "../middleware/error-text.ts";
import { leftOut, leftOutText, redriveRoom } from "../publishing/domain/message-attributes.ts";
import { targetOf } from "../publishing/domain/publishers.ts";
import type { Publisher } from "../publishing/ports/publisher.ts";
import { refusalOf } from "../publishing/publish-transitions.ts";
import type { EditedMessage, FailedMessage } from "./domain/failed-message.ts";
import { enqueueRow } from "./enqueue-message.ts";
import type { Actor, ActPorts } from "./operator-ports.ts";
import { applyWrite, type FailurePorts } from "./record-failure.ts";

export type SentRedrive =
  | { readonly kind: "sent"; readonly redriveId: string; readonly row: FailedMessage }
  /** The row was written since it was read; nothing was sent. */
  | { readonly kind: "changed"; readonly row: FailedMessage | undefined }
  /** The queue or topic refused it; the row is open again. */
  | { readonly kind: "failed"; readonly error: unknown };

export const notSentText = ({ error }: Extract<SentRedrive, { kind: "failed" }>): string =>
  `The message could not be sent and is open again: ${describeError(error).errorName}.`;

/** What sending needs. Maintenance sends to any publisher, operators to a topic that they check first. */
export type SendPorts = FailurePorts & { readonly publisher: Publisher } & Pick<
    ActPorts,
    "queues" | "sourceQueues" | "audit"
  >;

/**
 * Makes the row REDRIVEN, then sends the message. A crash between the two leaves a row that maintenance opens once it is
 * overdue. The other order could send a message without a trace in its row.
 */
export async function sendRedrive(
  ports: SendPorts,
  row: FailedMessage,
  event: OrderEvent,
  actor: Actor,
  edited?: EditedMessage,
): Promise<SentRedrive> {
  const redriveId = ports.newId();
  const { by, why, jobId } = actor;
  const redriven = await applyWrite(ports, row.failedKey, {
    kind: "redrive",
    generation: row.generation,
    redriveId,
    by,
    why,
    ...(jobId === undefined ? {} : { jobId }),
    ...(edited === undefined ? {} : { edited }),
  });
  if (!redriven.applied || redriven.row === undefined) return { kind: "changed", row: redriven.row };
  const sent = await (targetOf(row.consumer) === "topic"
    ? publish(ports, redriven.row, event, redriveId, by)
    : enqueue(ports, redriven.row, redriveId));
  ports.audit({
    act: edited === undefined ? "redrive" : "edit",
    failedKey: row.failedKey,
    redriveId,
    jobId,
    by,
    outcome: sent.kind,
    leftOut: leftOutText(leftOut(row.attributes, redriveRoom(row.consumer))),
  });
  return sent;
}

async function enqueue(ports: SendPorts, row: FailedMessage, redriveId: string): Promise<SentRedrive> {
  const enqueued = await enqueueRow(ports, row, redriveId);
  return enqueued.kind === "sent" ? { kind: "sent", redriveId, row } : enqueued;
}

/**
 * Publishes the body of a row that was redriven as `redriveId`, which is the given event, byte for byte. A published
 * event resolves its row; a refused one is parked again.
 */
async function publish(
  ports: SendPorts,
  row: FailedMessage,
  event: OrderEvent,
  redriveId: string,
  by: string,
): Promise<SentRedrive> {
  const { failedKey } = row;
  const [answer] = await ports.publisher.publish([{ event, text: row.body }]);
  const refusal = refusalOf(answer);
  if (refusal === undefined) {
    const write = { kind: "resolve", by, why: "published" } as const;
    const { row: resolved = row } = await applyWrite(ports, failedKey, write);
    return { kind: "sent", redriveId, row: resolved };
  }
  const { error } = refusal;
  await applyWrite(ports, failedKey, { kind: "park", reason: "PUBLISH_FAILED", error });
  return { kind: "failed", error };
}
