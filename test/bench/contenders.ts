import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { parser } from "@aws-lambda-powertools/batch/parser";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { systemClock } from "../../functions/adapters/system-clock.ts";
import { isOrderEvent } from "../../functions/contract/validators.js";
import { DONE } from "../../functions/domain/outcome.ts";
import { consumer } from "../../functions/middleware/consumer.ts";
import { checkEvent, parseText } from "../../functions/middleware/decode-event.ts";
import type { ConsumerOptions } from "../../functions/middleware/options.ts";
import { type SqsRecord, sqs } from "../../functions/middleware/transports/sqs.ts";

/** A batch handler as Lambda calls it. */
export type BatchHandler = (event: SQSEvent) => Promise<unknown>;

const context = { getRemainingTimeInMillis: () => 30_000 };

/** What a team writes by hand when it wants partial batch responses and nothing else. */
export function bareLoop(handle: (event: unknown) => Promise<void>): BatchHandler {
  return async ({ Records }) => {
    const settled = await Promise.allSettled(Records.map(async ({ body }) => handle(JSON.parse(body))));
    return {
      batchItemFailures: settled.flatMap(({ status }, i) =>
        status === "rejected" ? [{ itemIdentifier: Records[i]?.messageId }] : [],
      ),
    };
  };
}

/** The middleware as the functions use it: decode, validate, lanes, audit, metrics. `written` takes its output. */
export function ours(
  handle: ConsumerOptions<SqsRecord, unknown>["handle"],
  written: (text: string) => void,
): BatchHandler {
  const untouched = () => Promise.reject(new Error("No record of a benchmark fails."));
  const handler = consumer<SqsRecord, unknown>({
    name: "order-created",
    transport: sqs({ maxReceiveCount: 5 }),
    parse: (raw) => parseText(raw.body),
    decode: (_, parsed) => checkEvent(parsed),
    handle,
    failureLog: { park: untouched, lastAttemptFailed: untouched, resolve: untouched },
    clock: systemClock,
    write: written,
  });
  return (event) => handler(event, context);
}

export const oursOne = (written: (text: string) => void) => ours({ one: async () => DONE }, written);
export const oursMany = (written: (text: string) => void) =>
  ours({ many: async (messages) => messages.map(() => DONE) }, written);

/** Powertools Batch with nothing but JSON.parse in the record handler. */
export function powertoolsPlain(): BatchHandler {
  const processor = new BatchProcessor(EventType.SQS);
  return (event) =>
    processPartialResponse(event, async ({ body }: SQSRecord) => void JSON.parse(body), processor);
}

/** Powertools Batch with its parser, given the same compiled validator that ours runs. */
export function powertoolsParser(): BatchHandler {
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
  return (event) => processPartialResponse(event, async () => {}, processor);
}
