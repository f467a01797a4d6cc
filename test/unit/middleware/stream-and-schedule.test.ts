import fc from "fast-check";
import { expect, test } from "vitest";
import { schedule } from "../../../functions/middleware/schedule.ts";
import { dynamoDbStream } from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { sink } from "../../fakes/sink.ts";
import { NOW } from "../../fixtures/events.ts";
import { context } from "../../fixtures/lambda-events.ts";

test("a stream has the facts of a record for the failed-message store and the lanes", () => {
  const stream = dynamoDbStream();
  const Keys = { orderId: { S: "1" } };
  const record = {
    eventName: "INSERT",
    eventSourceARN: "arn:stream",
    dynamodb: { ApproximateCreationDateTime: NOW / 1_000, Keys, SequenceNumber: "1" },
  } as const;
  const image = { ...record, dynamodb: { ...record.dynamodb, NewImage: { a: { S: "b" } } } };

  expect([stream.body(record), stream.body(image)]).toEqual([JSON.stringify(Keys), '{"a":{"S":"b"}}']);
  expect([stream.source(record), stream.lane(record)]).toEqual(["arn:stream@1", JSON.stringify(Keys)]);
  expect([stream.sentAt(record), stream.attempt(record)]).toEqual([NOW, 1]);
  expect([stream.isRetriedOrRedriven(record), stream.isLastAttempt(record)]).toEqual([false, false]);
  expect(stream.attributes(record)).toEqual({});
});

test("a schedule counts under its service, and names every failed task", async () => {
  const out = sink();
  const fail = async () => {
    throw new Error("down");
  };
  const run = schedule({
    steps: [{ one: fail, two: fail }, { three: fail }],
    metrics: () => ({ a: 1 }),
    clock: fakeClock(NOW),
    write: out.write,
  });

  await expect(run({}, context())).rejects.toThrow("These tasks failed: one, two, three.");

  expect(out.metrics()).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Dimensions: [["service"]] }] } }]);
});

test("C7: each step of a schedule has its share of the time, whatever earlier steps use", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 90_000 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 3_001, max: 60_000 }),
      async (wanted, remainingMs) => {
        const clock = fakeClock(NOW);
        const end = NOW + remainingMs - 3_000;
        const given: number[] = [];
        const steps = wanted.map((wantedMs, i) => {
          const task = async (deadline: number) => {
            given.push(deadline - clock.now());
            clock.advance(Math.min(wantedMs, deadline - clock.now()));
            return {};
          };
          return { [`task-${i}`]: task };
        });
        const run = schedule({
          steps,
          metrics: () => ({}),
          clock,
          write: () => {},
        });

        await run({}, context(remainingMs));

        const part = (remainingMs - 3_000) / wanted.length;
        for (const ms of given) expect(ms).toBeGreaterThanOrEqual(part - 1);
        // The last one has all the remaining time.
        expect(clock.now()).toBeLessThanOrEqual(end);
        expect(given.at(-1)).toBeCloseTo(
          end - (clock.now() - Math.min(wanted.at(-1) ?? 0, given.at(-1) ?? 0)),
          0,
        );
      },
    ),
  );
});

test("tasks of one step run concurrently with the same deadline", async () => {
  const clock = fakeClock(NOW);
  const both = Promise.withResolvers<void>();
  const deadlines: number[] = [];
  const task = async (deadline: number) => {
    if (deadlines.push(deadline) === 2) both.resolve();
    await both.promise;
    return {};
  };
  const run = schedule({
    steps: [{}, { one: task, two: task }],
    metrics: () => ({}),
    clock,
    write: () => {},
  });

  await run({}, context(50_000));

  expect(deadlines).toEqual([NOW + 47_000, NOW + 47_000]);
});
