import { kafkaConsumer, SchemaType } from "@aws-lambda-powertools/kafka";
import { systemClock } from "../../functions/adapters/system-clock.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { isOrderEvent } from "../../functions/contract/validators.js";
import { DONE } from "../../functions/domain/outcome.ts";
import { consumer } from "../../functions/middleware/consumer.ts";
import { decodeRecord } from "../../functions/middleware/decode-record.ts";
import type { ConsumerOptions } from "../../functions/middleware/options.ts";
import { type KafkaRecord, kafka } from "../../functions/middleware/transports/kafka.ts";
import type { Aim, Benchmark, Figure } from "./benchmark.ts";
import { createdEvents } from "./orders.ts";
import { inRounds, median } from "./statistics.ts";

const SIZES = [10, 100, 1_000];
const MODES = ["one", "many"] as const;
const PARTITIONS = 3;
const ROUNDS = 25;
/** Records of one measurement; small batches are repeated until they are as many. */
const RECORDS = 5_000;

type Handler = (event: unknown) => Promise<unknown>;

const ratioName = (mode: string, size: number) =>
  `consumer() on Kafka, handle.${mode}, ${size} records ÷ bare loop`;

/** Cost of a record of Kafka in the middleware, with a handler that does nothing, against less. */
export const kafkaCost: Benchmark = {
  name: "kafka-cost",
  about: "CPU of one record of Kafka: decode, validate, lanes, metrics, audit, against loops that do less",
  aims: MODES.flatMap((mode) => SIZES.map((size): Aim => ({ figure: ratioName(mode, size), atMost: 1.3 }))),
  async run(progress) {
    const figures: Figure[] = [];
    for (const size of SIZES) {
      progress(`batches of ${size}`);
      figures.push(...(await figuresOf(size)));
    }
    return figures;
  },
};

async function figuresOf(size: number): Promise<Figure[]> {
  const event = kafkaEventOf(createdEvents(size));
  const contenders = {
    bare: timed(
      bareLoop(async () => {}),
      event,
      size,
    ),
    validating: timed(bareLoop(refusingInvalid), event, size),
    one: timed(ours({ one: async () => DONE }), event, size),
    many: timed(ours({ many: async (messages) => messages.map(() => DONE) }), event, size),
    powertools: timed(powertools(false), event, size),
    checking: timed(powertools(true), event, size),
  };
  await inRounds(3, contenders);
  const { bare, validating, one, many, powertools: plain, checking } = await inRounds(ROUNDS, contenders);
  const ratio = (values: readonly number[]) => ({
    value: Math.min(...values) / Math.min(...bare),
    unit: "x",
  });
  return [
    {
      name: `bare loop on Kafka, ${size} records, each`,
      value: median(bare),
      unit: "µs",
      note: "base64, JSON.parse and allSettled",
    },
    {
      name: `bare loop on Kafka that validates, ${size} records ÷ bare loop`,
      ...ratio(validating),
      note: "with the same compiled validator: the least that a checked record costs",
    },
    { name: ratioName("one", size), ...ratio(one) },
    { name: ratioName("many", size), ...ratio(many) },
    {
      name: `Powertools Kafka, ${size} records ÷ bare loop`,
      ...ratio(plain),
      note: "decodes key, value and headers; has no partial failures, one bad record fails all",
    },
    {
      name: `Powertools Kafka with schema, ${size} records ÷ bare loop`,
      ...ratio(checking),
      note: "our compiled validator",
    },
  ];
}

/** What Lambda hands over of a topic that publish-to-kafka writes. */
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

/** What a team writes by hand when it wants partial batch responses and nothing else. */
function bareLoop(handle: (event: unknown) => Promise<void>): Handler {
  return async (event) => {
    const all = Object.values((event as { records: Record<string, KafkaRecord[]> }).records).flat();
    const settled = await Promise.allSettled(
      all.map(async ({ value }) => handle(JSON.parse(Buffer.from(String(value), "base64").toString()))),
    );
    return {
      batchItemFailures: settled.flatMap(({ status }, i) => {
        const record = all[i];
        if (status === "fulfilled" || record === undefined) return [];
        const { topic, partition, offset } = record;
        return [{ itemIdentifier: { partition: `${topic}-${partition}`, offset } }];
      }),
    };
  };
}

async function refusingInvalid(event: unknown): Promise<void> {
  if (!isOrderEvent(event)) throw new Error("not an order event");
}

const sink = Buffer.allocUnsafe(4 * 1_048_576);
const context = { getRemainingTimeInMillis: () => 30_000 };

function ours(handle: ConsumerOptions<KafkaRecord, OrderEvent>["handle"]): Handler {
  const untouched = () => Promise.reject(new Error("No record of a benchmark fails."));
  const handler = consumer({
    name: "order-events-kafka",
    transport: kafka(),
    decode: decodeRecord,
    handle,
    failureLog: { park: untouched, lastAttemptFailed: untouched, resolve: untouched },
    clock: systemClock,
    // Encodes what was written, as writing it would.
    write: (text) => void sink.write(text),
  });
  return (event) => handler(event, context);
}

/** Its records decode when they are read: each key, value and the headers are, once. */
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

/** Microseconds of processor time a record: what else runs on the machine does not count. */
function timed(handler: Handler, event: unknown, size: number): () => Promise<number> {
  const times = Math.max(1, Math.round(RECORDS / size));
  return async () => {
    const started = process.cpuUsage();
    for (let i = 0; i < times; i++) await handler(event);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / (times * size);
  };
}
