import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventOf, type Order } from "../../functions/orders/domain/order.ts";
import { order } from "../fixtures/events.ts";
import { startJob } from "./operator-api.ts";
import { deployKafka, invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
  deployKafka(true);
});
afterEach(() => deployKafka(false));

/** An order whose event is unpublished for an hour. */
function stale(): Order {
  const row = { ...order("stale"), updatedAt: new Date(rig.clock.now() - 3_600_000).toISOString() };
  rig.tables.rows.orders.set(row.orderId, row);
  return row;
}
const republish = async () =>
  (await startJob({ act: "republish", orders: { status: "PENDING", olderThanSeconds: 600 } })).body;
const parked = () =>
  [...rig.tables.rows.failed.values()].map(({ consumer, status }) => `${consumer} ${status}`);

describe("a republish where Kafka is deployed", () => {
  test("publishes to both backbones, because either can process", async () => {
    const event = eventOf(stale());

    expect(await republish()).toMatchObject({ status: "DONE", done: 1, refused: 0 });

    expect(rig.publisher.topic.map(({ id }) => id)).toEqual([event.id]);
    expect(rig.queues.sent).toEqual([
      {
        queueUrl: expect.stringContaining("publish-to-kafka"),
        body: JSON.stringify(event),
        attributes: { type: event.type },
        delaySeconds: 0,
      },
    ]);
  });

  test("parks events that the queue to Kafka refuses and retries them after the outage", async () => {
    stale();
    rig.faults.before = (call) => {
      if (call.startsWith("queues.send")) throw new Error("the queue is down");
    };

    expect(await republish()).toMatchObject({ done: 0, refused: 1 });
    expect(rig.publisher.topic).toHaveLength(1);
    expect(parked()).toEqual(["publish-to-kafka OPEN"]);
    rig.faults.before = () => {};
    rig.clock.advance(3_600_000);
    await invoke("maintenance", {});

    expect(rig.queues.sent).toHaveLength(1);
    expect(parked()).toEqual(["publish-to-kafka REDRIVEN"]);
  });

  test("sends nothing to Kafka when it is not deployed", async () => {
    deployKafka(false);
    stale();

    expect(await republish()).toMatchObject({ done: 1 });

    expect(rig.queues.sent).toEqual([]);
  });
});
