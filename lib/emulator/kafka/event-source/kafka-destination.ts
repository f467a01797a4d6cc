import { randomUUID } from "node:crypto";
import { compatibilityPartitioner, type MessageToProduce, ProduceAcks, Producer } from "@platformatic/kafka";
import type { InvokeResult } from "../../types.ts";
import { type KafkaRecord, type KafkaSource, toKafkaEvent } from "./kafka-event.ts";
import type { GiveUpReason } from "./kafka-partition-queue.ts";

export interface GivenUpRecords {
  readonly records: readonly KafkaRecord[];
  readonly condition: GiveUpReason;
  readonly invokeCount: number;
  readonly lastResult: InvokeResult | undefined;
}

/** The topic for records that a mapping gave up. */
export interface KafkaDestination {
  /** Resolves when every record is written by all replicas; rejects when one is not. */
  write(what: GivenUpRecords): Promise<void>;
  close(): Promise<void>;
}

/** The client takes seconds to hash the longest key; its beginning is enough. */
const HASHED_BYTES = 1_024;

export function openDestination(
  topic: string,
  functionArn: string,
  source: KafkaSource,
  now: () => number,
): KafkaDestination {
  let withoutKey = 0;
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    clientId: `order-events-${topic}`,
    bootstrapBrokers: source.brokers.split(","),
    acks: ProduceAcks.ALL,
    partitioner: (message, key) =>
      key === undefined ? withoutKey++ : compatibilityPartitioner(message, key.subarray(0, HASHED_BYTES)),
    connectTimeout: 2_000,
    timeout: 5_000,
    requestTimeout: 10_000,
    retries: 1,
    retryDelay: 200,
  });
  // Each failed call rejects as well.
  producer.on("error", () => {});
  return {
    async write(what) {
      const messages = what.records.map((record) =>
        toMessage(topic, functionArn, source, what, record, now()),
      );
      await producer.send({ messages });
    },
    close: () => producer.close().catch(() => {}),
  };
}

/**
 * One message for each record: the failure, and the record as in the function's event. The key is that of the record.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html#kafka-ofd-record-format
 */
function toMessage(
  topic: string,
  functionArn: string,
  source: KafkaSource,
  { condition, invokeCount, lastResult }: GivenUpRecords,
  record: KafkaRecord,
  now: number,
): MessageToProduce {
  const payload = toKafkaEvent([record], source);
  const value = JSON.stringify({
    requestContext: { requestId: randomUUID(), functionArn, condition, approximateInvokeCount: invokeCount },
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      functionError: lastResult === undefined || lastResult.kind === "ok" ? "" : "Unhandled",
    },
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    KafkaBatchInfo: {
      batchSize: 1,
      eventSourceArn: source.clusterArn,
      bootstrapServers: source.brokers,
      payloadSize: Buffer.byteLength(JSON.stringify(payload)),
      recordInfo: {
        offset: String(record.offset),
        timestamp: new Date(record.timestampMs).toISOString(),
      },
    },
    payload,
  });
  return { topic, value: Buffer.from(value), ...(record.key === null ? {} : { key: record.key }) };
}
