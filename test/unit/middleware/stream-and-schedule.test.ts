import { expect, test } from "vitest";
import { schedule } from "../../../functions/middleware/schedule.ts";
import { dynamoDbStream } from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { sink } from "../../fakes/sink.ts";
import { NOW } from "../../fixtures/events.ts";
import { context } from "../../fixtures/lambda-events.ts";

test("a stream tells of a record what the failed-message store and the lanes need", () => {
  const stream = dynamoDbStream();
  const Keys = { orderId: { S: "1" } };
  const record = {
    eventName: "INSERT",
    eventSourceARN: "arn:stream",
    dynamodb: { ApproximateCreationDateTime: NOW / 1_000, Keys, SequenceNumber: "1" },
  } as const;
  const image = { ...record, dynamodb: { ...record.dynamodb, NewImage: { a: { S: "b" } } } };

  expect([stream.body(record), stream.body(image)]).toEqual([JSON.stringify(Keys), '{"a":{"S":"b"}}']);
  expect([stream.source(record), stream.lane(record)]).toEqual(["arn:stream", JSON.stringify(Keys)]);
  expect([stream.sentAt(record), stream.attempt(record)]).toEqual([NOW, 1]);
  expect([stream.isResent(record), stream.isLastAttempt(record)]).toEqual([false, false]);
  expect(stream.attributes(record)).toEqual({});
});

test("a schedule counts under its service, and names every job that failed", async () => {
  const out = sink();
  const fail = async () => {
    throw new Error("down");
  };
  const run = schedule({
    jobs: { one: fail, two: fail },
    metrics: () => ({ a: 1 }),
    clock: fakeClock(NOW),
    write: out.write,
  });

  await expect(run({}, context())).rejects.toThrow("These jobs failed: one, two.");

  expect(out.metrics()).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Dimensions: [["service"]] }] } }]);
});
