import { RABBITMQ, retryQueue } from "../../contract/broker-names.ts";
import type { Reason } from "../../contract/failures.ts";
import type { OrderEvent } from "../../contract/schemas.ts";
import type { Attributes } from "../../middleware/attributes.ts";
import type { AuditAct } from "../../middleware/audit.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { DUPLICATE, ignored, type Outcome, park, Unprocessable } from "../../middleware/outcome.ts";
import type { Decoded, Transport } from "../../middleware/transport.ts";
import {
  lastDeathReason,
  RABBIT_HEADERS,
  type RabbitRecord,
  rabbitmq,
  uncopiedHeaders,
} from "../../middleware/transports/rabbitmq.ts";
import type { RabbitCopies } from "../../middleware/transports/rabbitmq-retries.ts";
import { decodeRabbitRecord } from "../../orders/decode-record.ts";
import { linesDigest, orderIdOfEvent } from "../../orders/domain/order.ts";
import type { OrderStore } from "../../orders/ports/order-store.ts";
import { checkEffect } from "../domain/effect-check.ts";
import { type FailurePorts, failureLog } from "../record-failure.ts";
import { deadLetterFacts } from "./dead-letter-facts.ts";
import { retryDeadLetters } from "./retry-dead-letters.ts";

/** A dead message with the facts that its consumer would have stored. */
export interface DeadRabbitMessage {
  readonly facts: MessageFacts;
  readonly record: RabbitRecord;
  /** Absent where the message holds none. */
  readonly event?: OrderEvent;
  /** The queue that a retry goes to; `undefined` where no queue takes events of the type. */
  readonly queue: string | undefined;
  /** Why no retry can help, if so. */
  readonly fault?: Unprocessable;
}

/** The message as its consumer reads it. */
const consumed = rabbitmq(RABBITMQ);

/** More than a message may have had; no attempt here is the last. */
const MOST_ATTEMPTS = 999;

/**
 * RabbitMQ's dead-letter queue: expired messages, and those that were delivered too often. Its event source mapping takes a
 * return for the whole batch, so `allOrNothing` reads the response. Moving a message on must not resolve the row of its
 * redrive.
 */
export function deadLetterExchange(): Transport<RabbitRecord> {
  return {
    ...rabbitmq({ attempts: MOST_ATTEMPTS }),
    isRetriedOrRedriven: () => false,
    parksNow: () => false,
    response: (_, batchItemFailures) => ({ batchItemFailures }),
  };
}

/** Decodes each message as a failure of `consumer`. Never malformed: an unreadable one is parked as such. */
export function deadMessageDecoder(consumer: string): (raw: RabbitRecord) => Decoded<DeadRabbitMessage> {
  const transport = deadLetterExchange();
  return (record) => {
    const content = decodeRabbitRecord(record);
    const facts = deadLetterFacts(consumer, transport, record, content);
    if (content.kind === "malformed") {
      const fault = new Unprocessable(content.reason, content.detail);
      const message = { facts, record, queue: undefined, fault };
      return { kind: "message", message, type: "unknown", lane: facts.source, facts };
    }
    const { message: event, type } = content;
    return { ...content, message: { facts, record, event, queue: queueOf(type) }, facts };
  };
}

/**
 * Retries a dead message up to three times, with a longer delay each time, then parks it. One whose effect is done is
 * finished: messages expire in a queue that nothing reads, because another backbone processes.
 */
export function retryDeadMessage(
  ports: FailurePorts & {
    readonly orders: Pick<OrderStore, "get">;
    readonly copies: RabbitCopies;
    readonly delaysSeconds: readonly number[];
    readonly audit: AuditAct;
  },
) {
  return async (dead: DeadRabbitMessage, deadline: number): Promise<Outcome> => {
    const { facts, record, queue, fault } = dead;
    if (fault !== undefined) return park(fault.reason, fault);
    if (queue === undefined) return ignored("no queue takes its type");
    if (await isEffectThere(ports.orders, dead)) {
      // A redrive waits for the outcome of its message.
      if (consumed.isRetriedOrRedriven(record)) await failureLog(ports).resolve(facts);
      return DUPLICATE;
    }
    const send = ({ attributes, delaySeconds }: { attributes: Attributes; delaySeconds: number }) =>
      ports.copies.put(
        [
          {
            queue: retryQueue(queue, fitting(ports.delaysSeconds, delaySeconds)),
            record,
            headers: headersOf(attributes),
          },
        ],
        deadline,
      );
    return retryDeadLetters({ ...ports, queues: { send } })(facts, queue, {
      unreported: reasonOf(record),
      dropped: uncopiedHeaders(record),
    });
  };
}

/**
 * Consumers behind a broker have their effect on the order. An order that cannot be read proves nothing, and an event that
 * contradicts it is for its consumer to park.
 */
async function isEffectThere(
  orders: Pick<OrderStore, "get">,
  { facts, event }: DeadRabbitMessage,
): Promise<boolean> {
  const orderId = orderIdOfEvent(facts.eventId);
  if (orderId === undefined || event === undefined) return false;
  const order = await orders.get(orderId).catch(() => undefined);
  if (order?.linesDigest !== linesDigest(event.data.lines)) return false;
  const evidence = { order, notification: "none", marks: new Set<string>() } as const;
  return checkEffect(facts, evidence).effect === "done";
}

/** A queue has one delay: the shortest that is as long as asked for. */
function fitting(delaysSeconds: readonly number[], asked: number): number {
  const sorted = [...delaysSeconds].sort((one, other) => one - other);
  return sorted.find((seconds) => seconds >= asked) ?? sorted.at(-1) ?? 0;
}

function headersOf(attributes: Attributes): Record<string, string> {
  const texts = Object.entries(attributes).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return { ...Object.fromEntries(texts), [RABBIT_HEADERS.attempt]: "1" };
}

/** What the broker says is no proof, but only decides about the text of a reason. */
function reasonOf(record: RabbitRecord): Reason {
  return lastDeathReason(record) === "expired" ? "EXPIRED" : "NO_REPORT";
}

function queueOf(type: string): string | undefined {
  return Object.entries(RABBITMQ.queues).find(([known]) => known === type)?.[1];
}
