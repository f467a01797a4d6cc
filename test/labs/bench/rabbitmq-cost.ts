import {
  RABBITMQ,
  RABBITMQ_CONSUMER,
  RABBITMQ_QUEUE_NAMES,
} from "../../../functions/contract/broker-names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { systemClock } from "../../../functions/middleware/clock.ts";
import { type ConsumerOptions, consumer } from "../../../functions/middleware/consumer.ts";
import { type RabbitRecord, rabbitmq } from "../../../functions/middleware/transports/rabbitmq.ts";
import {
  type RabbitCopies,
  retryThroughQueues,
} from "../../../functions/middleware/transports/rabbitmq-retries.ts";
import { decodeRabbitRecord, parseRabbitRecord } from "../../../functions/orders/decode-record.ts";
import { rabbitEventOf, rabbitRecord } from "../../fixtures/rabbitmq-events.ts";
import { type Handler, recordCost, type Write } from "./record-cost.ts";

const transport = rabbitmq(RABBITMQ);

/** Cost of a record of RabbitMQ. */
export const rabbitCost = recordCost({
  transport: "RabbitMQ",
  sizes: [10, 100, 1_000],
  atMost: 1.3,
  eventOf: (events) => rabbitEventOf(...events.map((event) => rabbitRecord(event))),
  bareLoop,
  decodeAll(event) {
    const all = transport.read(event);
    const parsed = all.map(parseRabbitRecord);
    return all.map((record, i) => decodeRabbitRecord(record, parsed[i]));
  },
  ours: (handle, write) => rabbitHandler(handle as RabbitHandle, write, { put: untouched }),
  peers: [],
});

export type RabbitHandle = ConsumerOptions<RabbitRecord, OrderEvent>["handle"];

const untouched = () => Promise.reject(new Error("No record of a benchmark fails."));

/** What a hand-written function does whose event source mapping is all or nothing. */
function bareLoop(handle: (event: unknown) => Promise<void>): Handler {
  return async (event) => {
    const { rmqMessagesByQueue } = event as { rmqMessagesByQueue: Record<string, { data: string }[]> };
    const finished = await Promise.allSettled(
      Object.values(rmqMessagesByQueue)
        .flat()
        .map(async ({ data }) => handle(JSON.parse(Buffer.from(data, "base64").toString()))),
    );
    if (finished.some(({ status }) => status === "rejected")) throw new Error("Some failed.");
    return null;
  };
}

/** The function as functions/handlers wires it. */
export function rabbitHandler(handle: RabbitHandle, write: Write, copies: RabbitCopies): Handler {
  const { attempts } = RABBITMQ;
  const handler = retryThroughQueues(
    consumer({
      name: RABBITMQ_CONSUMER,
      transport,
      parse: parseRabbitRecord,
      decode: decodeRabbitRecord,
      handle,
      failureLog: { park: untouched, lastAttemptFailed: untouched, resolve: untouched },
      clock: systemClock,
      write,
    }),
    { copies, names: RABBITMQ_QUEUE_NAMES, clock: systemClock, attempts, delaysSeconds: [5, 30, 120] },
  );
  return (event) => handler(event, { getRemainingTimeInMillis: () => 30_000 });
}
