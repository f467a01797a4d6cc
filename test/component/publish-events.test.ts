import { beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../functions/contract/names.ts";
import { reported } from "../fakes/test-consumer.ts";
import { order, request } from "../fixtures/events.ts";
import { streamRecord } from "../fixtures/stream-records.ts";
import { place } from "./api.ts";
import { invoke, newRig, type Rig } from "./rig.ts";
import { failed } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const refusal = (permanent: boolean) => ({ kind: "refused" as const, permanent, error: new Error("no") });

describe("publish-events", () => {
  const stream = () => ({ Records: rig.tables.changes.map((change, i) => streamRecord(change, i, rig)) });

  test("publishes each transition once, with the order's events in their order, and nothing for a release", async () => {
    const [a, b] = [order("a"), order("b")];
    await rig.tables.orders.place(a);
    await rig.tables.orders.place(b);
    await rig.tables.orders.move(a.orderId, "CANCELLED", 0);
    rig.tables.changes.push({
      before: { ...a, status: "CANCELLED", stockHeld: true },
      after: { ...a, status: "CANCELLED", stockHeld: false },
    });

    const response = await invoke("publish-events", stream());

    expect(response).toEqual({ batchItemFailures: [] });
    const of = (orderId: string) =>
      rig.publisher.topic.filter(({ subject }) => subject === orderId).map(({ id }) => id);
    expect(of(a.orderId)).toEqual([`${a.orderId}:1:order.created`, `${a.orderId}:2:order.cancelled`]);
    expect(of(b.orderId)).toEqual([`${b.orderId}:1:order.created`]);
    expect(rig.out.total(METRICS.published)).toBe(3);
    expect(rig.out.total(METRICS.ignored, "none")).toBe(1);
  });

  test("A10: two runs over the same records publish events with the same ids", async () => {
    await place(request(), "a");

    await invoke("publish-events", stream());
    await invoke("publish-events", stream());

    expect(new Set(rig.publisher.topic.map(({ id }) => id)).size).toBe(1);
    expect(rig.publisher.topic).toHaveLength(2);
  });

  test("A12: counts the events that the topic throttled, apart from other refusals", async () => {
    for (const key of ["a", "b", "c"]) await place(request(), key);
    const [, second, third] = rig.tables.changes.map(({ after }) => after.orderId);
    rig.publisher.refuse = ({ subject }) =>
      subject === second
        ? { ...refusal(false), isThrottle: true }
        : subject === third
          ? refusal(false)
          : undefined;

    await invoke("publish-events", stream());

    expect(rig.out.total(METRICS.publishThrottled)).toBe(1);
    expect(rig.out.total(METRICS.publishFailed)).toBe(2);
  });

  test("A12: reports the lowest refused record; those published stay published", async () => {
    for (const key of ["a", "b", "c"]) await place(request(), key);
    const second = rig.tables.changes[1]?.after.orderId;
    rig.publisher.refuse = ({ subject }) => (subject === second ? refusal(false) : undefined);

    expect(await invoke("publish-events", stream())).toEqual(reported("2"));

    expect(rig.publisher.topic).toHaveLength(2);
    expect(failed()).toEqual([]);
    expect(rig.out.total(METRICS.publishFailed)).toBe(1);
  });

  test.each([
    ["at once, where the fault is the sender's", true, 0],
    ["after a minute of refusals", false, 60_001],
  ])("A9: parks an event %s, so that the shard continues", async (_, permanent, later) => {
    await place(request(), "a");
    const event = stream();
    rig.clock.advance(later);
    rig.publisher.refuse = () => refusal(permanent);

    expect(await invoke("publish-events", event)).toEqual({ batchItemFailures: [] });

    expect(failed()).toMatchObject([
      {
        consumer: "publish-events",
        reason: "PUBLISH_FAILED",
        status: "OPEN",
        attributes: { type: "order.created" },
      },
    ]);
  });

  test("A9: retries the topic for exactly a minute", async () => {
    await place(request(), "a");
    const event = stream();
    rig.clock.advance(60_000);
    rig.publisher.refuse = () => refusal(false);

    expect(await invoke("publish-events", event)).toEqual(reported("1"));
    expect(failed()).toEqual([]);
  });

  test("J6: with the topic's key disabled reports it each time, blocks the shard and parks nothing for a minute", async () => {
    await place(request(), "a");
    const event = stream();
    const error = Object.assign(new Error("the key is disabled"), { name: "KMSDisabledException" });
    rig.publisher.refuse = () => ({ ...refusal(false), error });

    expect(await invoke("publish-events", event)).toEqual(reported("1"));
    expect(rig.out.total(METRICS.publishFailed)).toBe(1);
    expect(failed()).toEqual([]);

    rig.clock.advance(60_001);
    expect(await invoke("publish-events", event)).toEqual(reported());
    expect(rig.out.total(METRICS.publishFailed)).toBe(2);
    expect(failed()).toMatchObject([
      { reason: "PUBLISH_FAILED", errorName: "KMSDisabledException", status: "OPEN" },
    ]);

    rig.publisher.refuse = () => undefined;
    rig.clock.advance(60_000);
    await invoke("maintenance", {});
    expect(rig.publisher.topic.map(({ type }) => type)).toEqual(["order.created"]);
    expect(failed()).toMatchObject([{ status: "RESOLVED" }]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["an unknown status", { status: { S: "TELEPORTED" } }],
    ["no lines", { lines: { L: [] } }],
    ["a version that is text", { version: { S: "one" } }],
    ["an invalid attribute value", { status: 7 }],
  ])(
    "A12, J1: a row with %s is parked without the address, and its neighbours are published",
    async (_, changes) => {
      for (const key of ["a", "b"]) await place(request(), key);
      const { Records } = stream() as { Records: { dynamodb: { NewImage: Record<string, unknown> } }[] };
      Object.assign(Records[0]?.dynamodb.NewImage ?? {}, changes);

      expect(await invoke("publish-events", { Records })).toEqual({ batchItemFailures: [] });

      expect(failed()).toMatchObject([{ consumer: "publish-events", reason: "INVALID_EVENT" }]);
      expect(rig.publisher.topic).toHaveLength(1);
      expect(JSON.stringify(failed())).toContain("customer-1");
      expect(JSON.stringify(failed())).not.toContain("ada@example.com");
    },
  );
});
