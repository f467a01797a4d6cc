import { describe, expect, test } from "vitest";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import { isCountStock } from "../../../functions/contract/request-validators.js";
import {
  deadLetterDecoder,
  parseSources,
} from "../../../functions/failures/dead-letters/dead-letter-queue.ts";
import {
  type HttpRequest,
  idempotencyKeyOf,
  jsonBody,
  type RawBody,
} from "../../../functions/middleware/http-request.ts";
import type { Problem } from "../../../functions/middleware/problem.ts";
import { dynamoDbStream } from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { sqs } from "../../../functions/middleware/transports/sqs.ts";
import { decodeEvent } from "../../../functions/orders/decode-event.ts";
import { created, order } from "../../fixtures/events.ts";
import { sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

/** The text for a refused caller. */
function textOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Problem).message;
  }
  throw new Error("Expected a refusal.");
}

const json = { body: "{}", isBase64Encoded: false, contentType: "application/json" };
const base64 = (bytes: readonly number[]) => ({
  ...json,
  body: Buffer.from(bytes).toString("base64"),
  isBase64Encoded: true,
});

describe("a refusal to a client names the valid input", () => {
  test.each<[string, RawBody]>([
    ["Send the header Content-Type: application/json.", { ...json, contentType: "text/plain" }],
    ["The body holds lone surrogates.", { ...json, body: '"\ud800"' }],
    ["The body is not valid base64.", { ...json, body: "@@@@", isBase64Encoded: true }],
    ["The body is not valid UTF-8.", base64([0x22, 0xff, 0x22])],
    ["/onHand must not be -0.", { ...json, body: '{"onHand":-0}' }],
    ["/onHand occurs twice.", { ...json, body: '{"onHand":1,"onHand":1}' }],
    ["/onHand is required.", json],
  ])("%s", (text, raw) => {
    expect(textOf(() => jsonBody(raw, isCountStock))).toBe(text);
  });

  test.each([
    [[], "Send a header Idempotency-Key with a value of its own for each request, such as a UUID."],
    [["a", "b"], "Send the key once, as 1 to 128 printable ASCII characters."],
  ])("about its Idempotency-Key %o", (values, text) => {
    const request = { header: (name: string) => (name === "idempotency-key" ? values : []) } as unknown;

    expect(textOf(() => idempotencyKeyOf(request as HttpRequest))).toBe(text);
  });
});

describe("an error of a function names the invalid event", () => {
  test.each<[string, () => unknown]>([
    ["Expected an event of aws:sqs with Records.", () => sqs({}).read({})],
    [
      "Expected records of aws:sqs, received one of aws:s3.",
      () => sqs({}).read({ Records: [{ eventSource: "aws:s3" }] }),
    ],
    [
      "A record has no messageId: it could not be reported as failed.",
      () => sqs({}).read(sqsEvent(sqsRecord("x", { messageId: "" }))),
    ],
    [
      "A record has no SequenceNumber: it could not be reported as failed.",
      () => dynamoDbStream().read({ Records: [{ eventSource: "aws:dynamodb", dynamodb: {} }] }),
    ],
    ["DEAD_LETTER_SOURCES names no queue.", () => parseSources("[]")],
    [
      "No source is known for arn:other.",
      () => deadLetterDecoder([])(sqsRecord("x", { queueArn: "arn:other" })),
    ],
  ])("%s", (text, act) => {
    expect(textOf(act)).toBe(text);
  });

  test.each<[string, unknown]>([
    ["The message has no text.", undefined],
    ["/__proto__ is a forbidden key.", '{"__proto__":1}'],
    ["The body is not valid JSON.", "{"],
    ["The body is JSON, but not an object.", "[]"],
    ["The subscription must deliver raw messages.", '{"Type":"Notification","TopicArn":"arn"}'],
    [`/type must be one of ${EVENT_TYPES.join(", ")}.`, "teleported"],
  ])("%s", (detail, text) => {
    const event = { ...created(order("1")), type: "order.teleported" };

    expect(decodeEvent(text === "teleported" ? JSON.stringify(event) : text)).toMatchObject({ detail });
  });
});
