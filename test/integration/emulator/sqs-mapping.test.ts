import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { InvokeResult } from "../../../lib/emulator/types.ts";
import { done, failingBodies, openQueueEmulator, type QueueEmulator } from "./queue-emulator.ts";

let emulator: QueueEmulator;
beforeEach(async () => {
  emulator = await openQueueEmulator();
});
afterEach(() => emulator.close());

/** A busy machine is slow once; a regression is slow each time. */
const ONCE_FAST = { retry: 5 };
const soon = { timeout: 60_000, interval: 10 };

describe("a message", () => {
  test("reaches the function at once and is deleted after its success", ONCE_FAST, async () => {
    emulator.map(() => done);
    emulator.send("first");
    await expect.poll(() => emulator.left(), soon).toEqual([]);

    const from = performance.now();
    emulator.send("second");
    await expect.poll(() => emulator.batches.length, { interval: 1 }).toBe(2);

    expect(performance.now() - from).toBeLessThan(100);
    await expect.poll(() => emulator.left(), soon).toEqual([]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
  test("has Lambda's format", async () => {
    emulator.map(() => done);
    emulator.send("hello");
    await expect.poll(() => emulator.events.length, soon).toBe(1);

    expect(emulator.events[0]?.Records[0]).toEqual({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: "hello",
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {},
      md5OfBody: "5d41402abc4b2a76b9719d911017c592",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:main",
      awsRegion: "eu-central-1",
    });
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
describe("a failure", () => {
  test("of some messages keeps only those, which are redelivered with their receive count", async () => {
    emulator.send("good", "bad", "fine");
    emulator.map(failingBodies("bad"));
    await expect.poll(() => emulator.batches.length, soon).toBe(2);

    expect(emulator.batches).toEqual([["good", "bad", "fine"], ["bad"]]);
    expect(emulator.events[1]?.Records[0]?.attributes.ApproximateReceiveCount).toBe("2");
  });

  test.each<[string, InvokeResult]>([
    ["an exception", { kind: "error", errorType: "Error", errorMessage: "no" }],
    ["a time-out", { kind: "timeout" }],
    ["a crash", { kind: "crashed", detail: "signal SIGKILL" }],
    ["B9: a throttle", { kind: "throttled" }],
    ["a malformed response", { kind: "ok", payload: "done" }],
    ["an unknown identifier", { kind: "ok", payload: { batchItemFailures: [{ itemIdentifier: "x" }] } }],
  ])("by %s keeps the whole batch in the queue", async (_name, result) => {
    emulator.send("one", "two");
    emulator.map(() => (emulator.batches.length === 1 ? result : done));
    await expect.poll(() => emulator.lines.length, soon).toBe(1);

    expect(emulator.left()).toEqual(["one", "two"]);
    expect(emulator.inFlight()).toBe(2);
    expect(emulator.lines[0]?.text).toContain("2 message(s) failed and stay in the queue");
    await expect.poll(() => emulator.left(), soon).toEqual([]);
    expect(emulator.batches.flat().sort()).toEqual(["one", "one", "two", "two"]);
  });

  test("at the maximum receive count moves a message to the dead-letter queue", async () => {
    emulator.send("poison", "good");
    emulator.map(failingBodies("poison"));

    await expect.poll(() => emulator.left("dead"), soon).toEqual(["poison"]);

    expect(emulator.left()).toEqual([]);
    expect(emulator.batches).toEqual([["poison", "good"], ["poison"]]);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
describe("the mapping's setting", () => {
  const ten = Array.from({ length: 10 }, (_, index) => `m${index}`);

  test("batchSize limits each batch", async () => {
    emulator.send(...ten);
    emulator.map(() => done, { batchSize: 4, maximumConcurrency: 2 });

    await expect.poll(() => emulator.left(), soon).toEqual([]);
    expect(emulator.batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
  });

  /** Longer than any window, as in the templates. */
  const longVisibility = async () => {
    await emulator.close();
    emulator = await openQueueEmulator({ VisibilityTimeout: "30" });
  };

  test("batchSize above 10 gathers several receives", async () => {
    await longVisibility();
    emulator.send(...ten, ...ten, "last");
    emulator.map(() => done, { batchSize: 21, windowSeconds: 20 });

    await expect.poll(() => emulator.left(), soon).toEqual([]);
    expect(emulator.batches.map((batch) => batch.length)).toEqual([21]);
  });

  test("windowSeconds gathers messages until its end", async () => {
    await longVisibility();
    emulator.map(() => done, { windowSeconds: 5 });
    emulator.send("one");
    await expect.poll(() => emulator.inFlight(), soon).toBe(1);
    emulator.send("two");

    await expect.poll(() => emulator.left(), soon).toEqual([]);
    expect(emulator.batches).toEqual([["one", "two"]]);
  });

  test("windowSeconds does not delay a full batch", async () => {
    emulator.send(...ten);
    emulator.map(() => done, { windowSeconds: 20 });

    await expect.poll(() => emulator.batches.length).toBe(1);
  });

  test("maximumConcurrency limits concurrent invocations", async () => {
    let now = 0;
    let most = 0;
    const release: (() => void)[] = [];
    emulator.send(...ten);
    emulator.map(
      async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise<void>((resolve) => release.push(resolve));
        now -= 1;
        return done;
      },
      { batchSize: 1, maximumConcurrency: 3 },
    );
    await expect.poll(() => now, soon).toBe(3);

    for (let freed = 0; freed < ten.length; freed += 1) {
      await expect.poll(() => release.length, soon).toBeGreaterThan(0);
      release.shift()?.();
    }
    await expect.poll(() => emulator.left(), soon).toEqual([]);
    expect(most).toBe(3);
  });

  test.each([
    [true, "does not slow the poller down after errors", 0],
    [false, "when absent lets it back off, longer each time", 290],
  ])("reportBatchItemFailures %s %s", ONCE_FAST, async (reportBatchItemFailures, _name, atLeastMs) => {
    const began: number[] = [];
    emulator.send("a", "b", "c");
    emulator.map(
      () => {
        began.push(performance.now());
        return { kind: "error", errorType: "Error", errorMessage: "no" };
      },
      { batchSize: 1, maximumConcurrency: 1, reportBatchItemFailures },
    );
    await expect.poll(() => began.length, soon).toBeGreaterThanOrEqual(3);

    const spanMs = (began[2] ?? 0) - (began[0] ?? 0);
    expect(spanMs).toBeGreaterThanOrEqual(atLeastMs);
    if (atLeastMs === 0) expect(spanMs).toBeLessThan(250);
  });

  test("enabled false reads no message", async () => {
    emulator.send("kept");
    await emulator.map(() => done, { enabled: false }).stop();

    expect(emulator.left()).toEqual(["kept"]);
    expect(emulator.batches).toEqual([]);
  });
});

describe("stopping", () => {
  test("K28: waits for messages in flight and deletes them", async () => {
    let finish = () => {};
    emulator.send("slow");
    const mapping = emulator.map(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(done);
        }),
    );
    await expect.poll(() => emulator.batches.length, soon).toBe(1);

    const stopped = mapping.stop();
    finish();
    await stopped;

    expect(emulator.left()).toEqual([]);
  });

  test("K28: receives no message, so that the next mapping gets it with its first receive", async () => {
    const mapping = emulator.map(() => done);
    await mapping.stop();
    emulator.send("later");

    emulator.map(() => done);
    await expect.poll(() => emulator.events.length, soon).toBe(1);

    expect(emulator.events[0]?.Records[0]?.attributes.ApproximateReceiveCount).toBe("1");
  });
});

test("a queue without a response is polled again", async () => {
  emulator.map(() => done, { queueUrl: "http://127.0.0.1:1/000000000000/gone" });
  await expect.poll(() => emulator.lines.length, soon).toBeGreaterThan(1);

  expect(emulator.lines[0]?.text).toContain("cannot receive from the queue");
});
