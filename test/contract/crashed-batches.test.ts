import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { s3CrashedBatches } from "../../functions/adapters/s3-crashed-batches.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { CrashedBatches } from "../../functions/failures/ports/crashed-batches.ts";
import { eventOf } from "../../functions/orders/domain/order.ts";
import type { Messaging } from "../../lib/emulator/services/start-messaging.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryCrashedBatches } from "../fakes/memory-crashed-batches.ts";
import { order } from "../fixtures/events.ts";
import { streamRecord } from "../fixtures/stream-records.ts";
import { messaging } from "./services.ts";

const [a, b] = [order("a"), order("b")];
const cancelled = { ...a, status: "CANCELLED" as const, version: 2, stockHeld: true };
const CHANGES = [
  { before: undefined, after: a },
  { before: a, after: cancelled },
  // No status transition: no event.
  { before: cancelled, after: { ...cancelled, stockHeld: false } },
  { before: undefined, after: b },
];
const EVENTS: readonly OrderEvent[] = [eventOf(a), eventOf(cancelled), eventOf(b)];

interface Store {
  readonly batches: CrashedBatches;
  /** Writes the changes as the event source mapping of the stream does. */
  leave(key: string): Promise<void>;
}

function describeCrashedBatches(name: string, make: () => Promise<Store>): void {
  test(`A16: crashed batches ${name} are listed up to a limit, read as events, and removed`, async () => {
    const { batches, leave } = await make();
    expect(await batches.list(10)).toEqual([]);
    for (const key of ["one", "two", "three"]) await leave(key);

    expect(await batches.list(2)).toHaveLength(2);
    expect([...(await batches.list(10))].sort()).toEqual(["one", "three", "two"]);
    expect(await batches.read("one")).toEqual({ consumer: "publish-events", events: EVENTS, unreadable: [] });
    await batches.remove("one");
    await batches.remove("one");

    expect([...(await batches.list(10))].sort()).toEqual(["three", "two"]);
    await expect(batches.read("one")).rejects.toThrow();
  });
}

describeCrashedBatches("in memory", async () => {
  const batches = memoryCrashedBatches();
  return { batches, leave: async (key) => void batches.objects.set(key, EVENTS) };
});

describe("in S3", () => {
  let service: Messaging;
  let buckets = 0;
  beforeAll(async () => {
    service = await messaging();
  });
  afterAll(() => service.close());

  async function bucket() {
    buckets += 1;
    const client = new S3Client({ forcePathStyle: true });
    const Bucket = `bucket-${buckets}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    const write = async (Key: string, Body: string) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    };
    return { batches: s3CrashedBatches(client, Bucket), write };
  }

  const event = { Records: CHANGES.map((change, i) => streamRecord(change, i, { clock: fakeClock() })) };

  describeCrashedBatches("in S3", async () => {
    const { batches, write } = await bucket();
    // The payload is the invocation's event, as text.
    return { batches, leave: (key) => write(key, JSON.stringify({ payload: JSON.stringify(event) })) };
  });

  test.each([
    ["order-events-prod-publish-to-kafka", "publish-to-kafka"],
    ["order-events-prod-publish-to-kafka:$LATEST", "publish-to-kafka"],
    ["order-events-prod-publish-events", "publish-events"],
    ["order-events-publish-to-kafka-publish-events", "publish-events"],
  ])("A16: a batch that crashed %s belongs to %s", async (name, consumer) => {
    const { batches, write } = await bucket();
    const functionArn = `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
    await write("one", JSON.stringify({ requestContext: { functionArn }, payload: event }));

    expect(await batches.read("one")).toEqual({ consumer, events: EVENTS, unreadable: [] });
  });

  test("A16: a payload in object form is read", async () => {
    const { batches, write } = await bucket();
    await write("one", JSON.stringify({ payload: event }));

    expect(await batches.read("one")).toEqual({ consumer: "publish-events", events: EVENTS, unreadable: [] });
  });

  test("A16: a row that is not an order is reported, and the others are read", async () => {
    const { batches, write } = await bucket();
    const foreignRow = { orderId: { S: "by hand" }, status: { S: "PENDING" } };
    const Records = [{ dynamodb: { NewImage: foreignRow } }, ...event.Records];
    await write("one", JSON.stringify({ payload: { Records } }));

    expect(await batches.read("one")).toEqual({
      consumer: "publish-events",
      events: EVENTS,
      unreadable: [JSON.stringify(foreignRow)],
    });
  });

  test.each([" ", "{", "{}", '{"payload":"{"}', '{"payload":{}}'])("A16: %o is not a batch", async (body) => {
    const { batches, write } = await bucket();
    await write("one", body);

    await expect(batches.read("one")).rejects.toThrow();
  });
});
