import type { DynamoDBRecord } from "aws-lambda";
import { acting, items, succeed } from "./queue-case.ts";
import { BATCH, ENDS, type ResponseRow, SUCCESSES } from "./responses.ts";
import { failingIds, type StreamCase, stream, streamBatches } from "./stream-case.ts";
import type { Script } from "./target.ts";

const RESPONSES = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html";
/** Not on the page of streams, but on that of queues. */
const QUEUE_RESPONSES = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html";

const ROWS: readonly ResponseRow[] = [
  ...SUCCESSES,
  { response: "one number: from there on", answer: ([, b]) => items(b), again: ["b", "c"] },
  { response: "several numbers: from the lowest on", answer: ([, b, c]) => items(c, b), again: ["b", "c"] },
  { response: "a number twice: from there on", answer: ([, , c]) => items(c, c), again: ["c"] },
  { response: "the first number: all of it", answer: ([a]) => items(a), again: BATCH },
  { response: "an empty number fails the batch", answer: () => items(""), again: BATCH },
  { response: "a null number fails the batch", answer: () => items(null), again: BATCH },
  {
    response: "a wrong key fails the batch",
    answer: ([, b]) => ({ batchItemFailures: [{ sequenceNumber: b }] }),
    again: BATCH,
  },
  {
    response: "a number that is not of the batch fails it",
    source: QUEUE_RESPONSES,
    answer: () => items("1"),
    again: BATCH,
  },
  {
    response: "a list that is none fails the batch",
    source: QUEUE_RESPONSES,
    answer: ([a]) => ({ batchItemFailures: a }),
    again: BATCH,
  },
  { response: "text fails the batch", source: QUEUE_RESPONSES, answer: () => "done", again: BATCH },
];

const responding =
  (answer: ResponseRow["answer"]): Script<DynamoDBRecord> =>
  ({ number, records }) => {
    if (number > 1) return succeed;
    return { kind: "answer", value: answer(records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? "")) };
  };

const responses = ROWS.map(
  ({ response, source = RESPONSES, answer, again }): StreamCase => ({
    rule: `stream response: ${response}`,
    source,
    script: () => responding(answer),
    drive: stream(BATCH, again.length === 0 ? 1 : 2),
    seen: streamBatches,
    expected: again.length === 0 ? [BATCH] : [BATCH, again],
  }),
);

const failures = ENDS.map(
  ([end, act, functionTimeoutSeconds]): StreamCase => ({
    rule: `stream failure: ${end} fails the batch`,
    source: RESPONSES,
    setup: { functionTimeoutSeconds },
    script: () => acting(act),
    drive: stream(BATCH, 2),
    seen: streamBatches,
    expected: [BATCH, BATCH],
  }),
);

/** Effects of a response on a batch of a stream. */
export const STREAM_RESPONSE_CASES: readonly StreamCase[] = [
  ...responses,
  ...failures,
  {
    rule: "stream response: without ReportBatchItemFailures it is ignored",
    source: RESPONSES,
    setup: { reportBatchItemFailures: false },
    script: () => failingIds("a"),
    drive: stream(BATCH, 1),
    seen: streamBatches,
    expected: [BATCH],
  },
];
