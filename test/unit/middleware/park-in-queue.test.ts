import { describe, expect, test } from "vitest";
import type { Attributes } from "../../../functions/middleware/attributes.ts";
import { consumer } from "../../../functions/middleware/consumer.ts";
import { DONE, park } from "../../../functions/middleware/outcome.ts";
import { type ParkingQueue, parkInQueue } from "../../../functions/middleware/park-in-queue.ts";
import { sqs } from "../../../functions/middleware/transports/sqs.ts";
import { reported } from "../../fakes/test-consumer.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

type Sent = Parameters<ParkingQueue["send"]>[0];

/** A consumer that parks what is not `good`, in a queue that takes what `accepts` allows. */
function parking(accepts: (message: Sent) => boolean = () => true) {
  const sent: Sent[] = [];
  const queue: ParkingQueue = {
    async send(message) {
      if (!accepts(message)) throw new Error("The queue is away.");
      sent.push(message);
    },
  };
  const handler = consumer({
    name: "payments",
    transport: sqs({ maxReceiveCount: 5 }),
    decode: ({ body }) => ({ kind: "message", message: body, type: "text" }),
    handle: {
      one: (body) => (body === "good" ? DONE : park("STATE_CONFLICT", new Error("ada@example.com\u0000"))),
    },
    failureLog: parkInQueue(queue, "http://dlq"),
    write: () => {},
  });
  return { handler, sent };
}

const attributesOf = (count: number): Attributes =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, String(i)]));

describe("parkInQueue", () => {
  test("sends the body and its attributes, with reason and error, and acknowledges", async () => {
    const { handler, sent } = parking();
    const attributes = { type: "t", blob: { type: "Binary", value: "AAE=" }, parkedReason: "EXPIRED" };

    expect(await handler(sqsEvent(sqsRecord("bad", { attributes }), sqsRecord("good")), context())).toEqual(
      reported(),
    );
    expect(sent).toEqual([
      {
        queueUrl: "http://dlq",
        body: "bad",
        delaySeconds: 0,
        attributes: {
          type: "t",
          blob: { type: "Binary", value: "AAE=" },
          parkedReason: "STATE_CONFLICT",
          parkedError: "Error: [e-mail] ",
        },
      },
    ]);
  });

  test("negative-acknowledges what the queue does not take", async () => {
    const { handler } = parking(() => false);

    expect(await handler(sqsEvent(sqsRecord("bad", { messageId: "m" })), context())).toEqual(reported("m"));
  });

  test.each([
    [8, []],
    [9, ["m"]],
  ])("of a message with %i attributes loses none: reported as failed are %o", async (count, failed) => {
    const { handler, sent } = parking();
    const record = sqsRecord("bad", { messageId: "m", attributes: attributesOf(count) });

    expect(await handler(sqsEvent(record), context())).toEqual(reported(...failed));
    expect(sent).toHaveLength(1 - failed.length);
  });
});
