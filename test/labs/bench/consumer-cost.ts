import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { parser } from "@aws-lambda-powertools/batch/parser";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { isOrderEvent } from "../../../functions/contract/validators.js";
import { systemClock } from "../../../functions/middleware/clock.ts";
import { type ConsumerOptions, consumer } from "../../../functions/middleware/consumer.ts";
import { type SqsRecord, sqs } from "../../../functions/middleware/transports/sqs.ts";
import { checkEvent, parseText } from "../../../functions/orders/decode-event.ts";
import type { Benchmark } from "./benchmark.ts";
import { sqsEventOf } from "./orders.ts";
import { type Handler, recordCost, type Write } from "./record-cost.ts";

/** Cost of a record of SQS. */
export const consumerCost: Benchmark = {
  name: "consumer",
  about: "CPU of one record: decode, validate, lanes, metrics, audit, against loops that do less",
  ...recordCost({
    transport: "SQS",
    sizes: [10, 100, 1_000, 10_000],
    atMost: 1.25,
    eventOf: (events) => sqsEventOf(events.map((event) => JSON.stringify(event))),
    bareLoop,
    decodeAll: (event) => (event as SQSEvent).Records.map(({ body }) => parseText(body)).map(checkEvent),
    ours,
    peers: [
      { name: "Powertools Batch", handler: powertoolsPlain(), note: "JSON.parse only" },
      {
        name: "Powertools Batch with parser",
        handler: powertoolsParser(),
        note: "its parser, our compiled validator",
      },
    ],
  }),
};

function bareLoop(handle: (event: unknown) => Promise<void>): Handler {
  return async (event) => {
    const { Records } = event as SQSEvent;
    const finished = await Promise.allSettled(Records.map(async ({ body }) => handle(JSON.parse(body))));
    return {
      batchItemFailures: finished.flatMap(({ status }, i) =>
        status === "rejected" ? [{ itemIdentifier: Records[i]?.messageId }] : [],
      ),
    };
  };
}

/** The engine over a queue, as the functions use it. `write` receives its output. */
export function ours(handle: ConsumerOptions<SqsRecord, OrderEvent>["handle"], write: Write): Handler {
  const untouched = () => Promise.reject(new Error("No record of a benchmark fails."));
  const handler = consumer<SqsRecord, OrderEvent>({
    name: "order-created",
    transport: sqs({ maxReceiveCount: 5 }),
    parse: (raw) => parseText(raw.body),
    decode: (_, parsed) => checkEvent(parsed),
    handle,
    failureLog: { park: untouched, lastAttemptFailed: untouched, resolve: untouched },
    clock: systemClock,
    write,
  });
  return (event) => handler(event, { getRemainingTimeInMillis: () => 30_000 });
}

function powertoolsPlain(): Handler {
  const processor = new BatchProcessor(EventType.SQS);
  return (event) =>
    processPartialResponse(
      event as SQSEvent,
      async ({ body }: SQSRecord) => void JSON.parse(body),
      processor,
    );
}

/** With its parser and our compiled validator. */
function powertoolsParser(): Handler {
  const schema = {
    "~standard": {
      version: 1 as const,
      vendor: "order-events",
      validate(record: unknown) {
        const value: unknown = JSON.parse((record as SQSRecord).body);
        return isOrderEvent(value)
          ? { value: { ...(record as SQSRecord), body: value } }
          : { issues: [{ message: "not an order event" }] };
      },
    },
  };
  const processor = new BatchProcessor(EventType.SQS, { parser, schema });
  return (event) => processPartialResponse(event as SQSEvent, async () => {}, processor);
}
