import type { SQSRecord } from "aws-lambda";
import { acting, deliver, failing, firstAndAgain, items, type QueueCase } from "./queue-case.ts";
import { BATCH, ENDS, type ResponseRow, SUCCESSES } from "./responses.ts";
import type { Script } from "./target.ts";

/** "Implementing partial batch responses", with its lists of successes and failures. */
const RESPONSES = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html";

const ROWS: readonly ResponseRow[] = [
  ...SUCCESSES,
  { response: "other fields alone are a success", answer: () => ({ statusCode: 200 }), again: [] },
  { response: "one identifier: that message fails", answer: ([, b]) => items(b), again: ["b"] },
  { response: "an identifier twice: it fails once", answer: ([a]) => items(a, a), again: ["a"] },
  { response: "every identifier: all fail", answer: (ids) => items(...ids), again: BATCH },
  { response: "an unknown identifier fails the batch", answer: () => items("unknown"), again: BATCH },
  {
    response: "a known and an unknown one fail the batch",
    answer: ([a]) => items(a, "unknown"),
    again: BATCH,
  },
  { response: "an empty identifier fails the batch", answer: () => items(""), again: BATCH },
  { response: "a null identifier fails the batch", answer: () => items(null), again: BATCH },
  { response: "a number for an identifier fails the batch", answer: () => items(1), again: BATCH },
  {
    response: "a wrong key for the identifier fails the batch",
    answer: ([a]) => ({ batchItemFailures: [{ messageId: a }] }),
    again: BATCH,
  },
  {
    response: "text instead of items fails the batch",
    answer: ([a]) => ({ batchItemFailures: [a] }),
    again: BATCH,
  },
  {
    response: "a list that is none fails the batch",
    answer: ([a]) => ({ batchItemFailures: { itemIdentifier: a } }),
    again: BATCH,
  },
  { response: "text for a response fails the batch", answer: () => "done", again: BATCH },
];

const responding =
  (answer: ResponseRow["answer"]): Script<SQSRecord> =>
  (invocation) => {
    if (invocation.number > 1) return { kind: "answer" };
    return { kind: "answer", value: answer(invocation.records.map(({ messageId }) => messageId)) };
  };

const responses = ROWS.map(
  ({ response, answer, again }): QueueCase => ({
    rule: `response: ${response}`,
    source: RESPONSES,
    ...(again.length === 0 ? { setup: { visibilitySeconds: 30 } } : {}),
    script: () => responding(answer),
    drive: deliver(...BATCH),
    seen: firstAndAgain,
    expected: { first: BATCH, again },
  }),
);

const failures = ENDS.map(
  ([end, act, functionTimeoutSeconds]): QueueCase => ({
    rule: `failure: ${end} fails the batch`,
    source: RESPONSES,
    // Longer than the function's time-out, against redelivery during the invocation.
    setup: { functionTimeoutSeconds, visibilitySeconds: 3 },
    script: () => acting(act),
    drive: deliver(...BATCH),
    seen: firstAndAgain,
    expected: { first: BATCH, again: BATCH },
  }),
);

/** Effects of a response on its batch. */
export const RESPONSE_CASES: readonly QueueCase[] = [
  ...responses,
  ...failures,
  {
    rule: "response: without ReportBatchItemFailures it is ignored",
    source: RESPONSES,
    setup: { reportBatchItemFailures: false, visibilitySeconds: 30 },
    script: () => failing("a"),
    drive: deliver(...BATCH),
    seen: firstAndAgain,
    expected: { first: BATCH, again: [] },
  },
];
