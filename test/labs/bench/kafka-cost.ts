import { kafkaConsumer, SchemaType } from "@aws-lambda-powertools/kafka";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { isOrderEvent } from "../../../functions/contract/validators.js";
import { systemClock } from "../../../functions/middleware/clock.ts";
import { type ConsumerOptions, consumer } from "../../../functions/middleware/consumer.ts";
import { type KafkaRecord, kafka } from "../../../functions/middleware/transports/kafka.ts";
import { decodeRecord, parseRecord } from "../../../functions/orders/decode-record.ts";
import type { Benchmark } from "./benchmark.ts";
import { type Handler, recordCost, type Write } from "./record-cost.ts";

const PARTITIONS = 3;

/** Cost of a record of Kafka. */
export const kafkaCost: Benchmark = {
  name: "kafka-cost",
  about: "CPU of one record of Kafka: decode, validate, lanes, metrics, audit, against loops that do less",
  ...recordCost({
    transport: "Kafka",
    sizes: [10, 100, 1_000],
    atMost: 1.3,
    eventOf: kafkaEventOf,
    bareLoop,
    decodeAll(event) {
      const all = recordsOf(event);
      const parsed = all.map(parseRecord);
      return all.map((record, i) => decodeRecord(record, parsed[i]));
    },
    ours,
    peers: [
      {
        name: "Powertools Kafka",
        handler: powertools(false),
        note: "decodes key, value and headers; has no partial failures, one bad record fails all",
      },
      { name: "Powertools Kafka with schema", handler: powertools(true), note: "our compiled validator" },
    ],
  }),
};

/** Lambda's event for records of publish-to-kafka. */
function kafkaEventOf(events: readonly OrderEvent[]) {
  const records: Record<string, KafkaRecord[]> = {};
  for (const [index, event] of events.entries()) {
    const partition = index % PARTITIONS;
    const name = `order-events-${partition}`;
    records[name] ??= [];
    records[name].push({
      topic: "order-events",
      partition,
      offset: 4_711 + index,
      timestamp: Date.now(),
      key: Buffer.from(event.subject).toString("base64"),
      value: Buffer.from(JSON.stringify(event)).toString("base64"),
      headers: [{ type: [...Buffer.from(event.type)] }],
    });
  }
  return { eventSource: "aws:kafka", eventSourceArn: "arn:aws:kafka:eu-central-1:0:cluster/o/1", records };
}

function recordsOf(event: unknown): KafkaRecord[] {
  return Object.values((event as { records: Record<string, KafkaRecord[]> }).records).flat();
}

function bareLoop(handle: (event: unknown) => Promise<void>): Handler {
  return async (event) => {
    const all = recordsOf(event);
    const finished = await Promise.allSettled(
      all.map(async ({ value }) => handle(JSON.parse(Buffer.from(String(value), "base64").toString()))),
    );
    return {
      batchItemFailures: finished.flatMap(({ status }, i) => {
        const record = all[i];
        if (status === "fulfilled" || record === undefined) return [];
        const { topic, partition, offset } = record;
        return [{ itemIdentifier: { partition: `${topic}-${partition}`, offset } }];
      }),
    };
  };
}

function ours(handle: ConsumerOptions<KafkaRecord, OrderEvent>["handle"], write: Write): Handler {
  const untouched = () => Promise.reject(new Error("No record of a benchmark fails."));
  const handler = consumer<KafkaRecord, OrderEvent>({
    name: "order-events-kafka",
    transport: kafka(),
    parse: parseRecord,
    decode: decodeRecord,
    handle,
    failureLog: { park: untouched, lastAttemptFailed: untouched, resolve: untouched },
    clock: systemClock,
    write,
  });
  return (event) => handler(event, { getRemainingTimeInMillis: () => 30_000 });
}

/** Reads each key, value and the headers once, because its records are decoded lazily. */
function powertools(checks: boolean): Handler {
  const parserSchema = {
    "~standard": {
      version: 1 as const,
      vendor: "order-events",
      validate: (value: unknown) =>
        isOrderEvent(value) ? { value } : { issues: [{ message: "not an order event" }] },
    },
  };
  const value = checks
    ? ({ type: SchemaType.JSON, parserSchema } as const)
    : ({ type: SchemaType.JSON } as const);
  const handler = kafkaConsumer<unknown, unknown>(
    async ({ records }) => {
      for (const record of records)
        if (record.value === undefined || record.key === "") throw new Error("empty");
    },
    { value },
  );
  return (event) => handler(event as Parameters<typeof handler>[0], {} as never) as Promise<unknown>;
}
