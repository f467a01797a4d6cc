import { beforeEach, describe, expect, test } from "vitest";
import type { ConsumerView } from "../../functions/contract/operator-answers.ts";
import { created, order } from "../fixtures/events.ts";
import { OPERATOR, operator } from "./operator-api.ts";
import { invoke, newRig, PAUSABLE, type Rig } from "./rig.ts";

const NAME = "order-created";
const FUNCTION = `order-events-test-${NAME}`;

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const pause = (key = NAME, why = "stock is being counted") =>
  operator("POST /consumers/{consumer}/pause", { key, body: { why } });
const resume = (key = NAME) => operator("POST /consumers/{consumer}/resume", { key, body: {} });
const listed = async (): Promise<readonly ConsumerView[]> =>
  (await operator("GET /consumers")).body["consumers"] as ConsumerView[];
const viewed = async (name = NAME) => (await listed()).find((each) => each.name === name);
const stateOf = (functionName = FUNCTION) => rig.mappings.of.get(functionName)?.map(({ state }) => state);
const deployed = (state: string, id = `${FUNCTION}-0`) =>
  rig.mappings.of.set(FUNCTION, [{ id, source: NAME, state }]);
/** Runs maintenance after some minutes, and resolves to its metrics. */
async function maintain(minutes = 1) {
  rig.clock.advance(minutes * 60_000);
  await invoke("maintenance", {}, 50_000);
  return rig.out.metrics().at(-1);
}
const audited = () =>
  rig.out.lines().filter(({ audit, consumer }) => audit === "operator" && consumer === NAME);

describe("a pause", () => {
  test("switches the event source mapping off, and is stored and audited with operator, reason and time", async () => {
    const { status, body } = await pause();

    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: NAME,
      state: "PAUSED",
      isChanged: true,
      isSwitching: true,
      pause: { by: OPERATOR, why: "stock is being counted", at: new Date(rig.clock.now()).toISOString() },
    });
    expect(stateOf()).toEqual(["Disabling"]);
    expect(audited()).toMatchObject([
      { act: "pause", by: OPERATOR, why: "stock is being counted", at: rig.clock.now() },
    ]);
  });

  test("says how long messages are kept, and what else it means", async () => {
    const { body } = await pause();

    expect(body["keptSeconds"]).toBe(345_600);
    expect(body["whilePaused"]).toEqual([
      "Messages wait in the queue of order-created, which keeps each for 4 days and then deletes it.",
      "New orders stay PENDING.",
      "With more than 10 waiting messages the API refuses new orders (503 BUSY).",
    ]);
  });

  test("of a publisher warns that the stream keeps its events for a day", async () => {
    const { body } = await pause("publish-events");

    expect(body).toMatchObject({ state: "PAUSED", keptSeconds: 86_400 });
    expect((body["whilePaused"] as string[])[0]).toContain("keeps each for 1 day and then deletes it");
  });

  test("of a paused consumer changes nothing, and shows the first pause", async () => {
    await pause();
    rig.mappings.finish();
    rig.clock.advance(60_000);

    const { status, body } = await pause(NAME, "another reason");

    expect(status).toBe(200);
    expect(body).toMatchObject({ isChanged: false, pause: { why: "stock is being counted" } });
    expect(audited()).toHaveLength(1);
  });

  test("is stored where Lambda refuses the switch for now, and is applied by maintenance", async () => {
    deployed("Updating");

    const { body } = await pause();

    expect(body).toMatchObject({ state: "PAUSED", isSwitching: true });
    expect(stateOf()).toEqual(["Updating"]);
    deployed("Enabled");
    await maintain();
    expect(stateOf()).toEqual(["Disabling"]);
  });

  test.each(["order-shipped", "__proto__", "dead-letters"])(
    "of %s is refused with the names",
    async (name) => {
      const { status, body } = await pause(name);

      expect(status).toBe(404);
      expect(body).toMatchObject({ code: "CONSUMER_NOT_FOUND" });
      for (const each of PAUSABLE) expect(body["detail"]).toContain(each.name);
    },
  );

  test("without a reason, or with a reason of two lines, is refused", async () => {
    for (const body of [{}, { why: " " }, { why: "one\ntwo" }])
      expect((await operator("POST /consumers/{consumer}/pause", { key: NAME, body })).status).toBe(400);
    expect(rig.pauses.rows.size).toBe(0);
  });
});

describe("a resume", () => {
  test("switches the mapping on, with a pause in its history", async () => {
    await pause();
    rig.mappings.finish();
    rig.clock.advance(60_000);

    const { body } = await resume();

    expect(body).toMatchObject({ state: "RUNNING", isChanged: true, resumed: { by: OPERATOR } });
    expect(body["pause"]).toBeUndefined();
    rig.mappings.finish();
    expect(await viewed()).toMatchObject({ state: "RUNNING", isSwitching: false });
    expect(audited().map(({ act }) => act)).toEqual(["pause", "resume"]);
  });

  test("of a consumer that is not paused changes nothing", async () => {
    const { status, body } = await resume();

    expect(status).toBe(200);
    expect(body).toMatchObject({ state: "RUNNING", isChanged: false });
    expect(stateOf()).toEqual(["Enabled"]);
    expect(audited()).toEqual([]);
  });

  test("switches a mapping on that was switched off in another way", async () => {
    deployed("Disabled");
    expect(await viewed()).toMatchObject({ state: "OFF" });

    const { body } = await resume();

    expect(body).toMatchObject({ state: "RUNNING", isChanged: true });
    expect(stateOf()).toEqual(["Enabling"]);
  });

  test("right after a pause waits for Lambda, and is left to maintenance after some seconds", async () => {
    await pause();

    const { body } = await resume();

    expect(body).toMatchObject({ state: "RUNNING", isSwitching: true });
    expect(stateOf()).toEqual(["Disabling"]);
    rig.mappings.finish();
    await maintain();
    expect(stateOf()).toEqual(["Enabling"]);
    rig.mappings.finish();
    expect(await viewed()).toMatchObject({ state: "RUNNING", isSwitching: false });
  });
});

describe("a consumer that the setting processing leaves out", () => {
  test.each(["pause", "resume"])("is refused to %s, with the setting", async (verb) => {
    const { status, body } = await operator(`POST /consumers/{consumer}/${verb}`, {
      key: "order-events-kafka",
      body: { why: "by mistake" },
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "CONSUMER_STATE", detail: expect.stringContaining('"processing"') });
    expect(rig.mappings.of.size).toBe(0);
  });

  test("is listed as such", async () => {
    rig.mappings.of.set("order-events-test-order-events-kafka", [
      { id: "k", source: "order-events", state: "Disabled" },
    ]);

    expect(await viewed("order-events-kafka")).toMatchObject({ state: "NOT_PROCESSING", isSwitching: false });
  });
});

describe("maintenance", () => {
  test("applies a pause again that a deployment ended, also on a new mapping", async () => {
    await pause();
    rig.mappings.finish();
    deployed("Enabled", "another mapping");

    await maintain();

    expect(stateOf()).toEqual(["Disabling"]);
    expect(audited().at(-1)).toMatchObject({ act: "pause", by: "maintenance" });
    rig.mappings.finish();
    await maintain();
    expect(audited()).toHaveLength(2);
  });

  test("reports the age of the oldest pause, and none without a pause", async () => {
    expect(await maintain()).not.toHaveProperty(["mq.consumers.pause-age"]);
    await pause();
    await maintain(30);
    await pause("notify-customer");

    expect(await maintain(30)).toMatchObject({ "mq.consumers.pause-age": 3_600 });
    rig.mappings.finish();
    await resume();
    expect(await maintain(1)).toMatchObject({ "mq.consumers.pause-age": 31 * 60 });
  });

  test("asks Lambda nothing without a pause", async () => {
    await maintain();

    expect(rig.calls.filter((call) => call.startsWith("mappings."))).toEqual([]);
  });

  test("leaves a mapping alone that was switched off after the resume", async () => {
    await pause();
    rig.mappings.finish();
    await resume();
    deployed("Disabled");

    await maintain();

    expect(stateOf()).toEqual(["Disabled"]);
  });

  test("a resume during the application of a pause wins", async () => {
    await pause();
    rig.mappings.finish();
    deployed("Enabled");
    // The operator resumes after maintenance has read the row.
    let isResumed = false;
    rig.faults.before = async (call) => {
      if (call !== "mappings.switch" || isResumed) return;
      isResumed = true;
      const row = rig.pauses.rows.get(NAME);
      if (row)
        rig.pauses.rows.set(NAME, { ...row, isPaused: false, isApplied: false, revision: 9, writeId: "w" });
    };

    await maintain();

    expect(rig.pauses.rows.get(NAME)).toMatchObject({ isPaused: false, isApplied: false });
    rig.mappings.finish();
    await maintain();
    expect(stateOf()).toEqual(["Enabling"]);
    expect(rig.pauses.rows.get(NAME)).toMatchObject({ isApplied: true });
  });

  test("does not publish the events of orders again that a paused consumer holds PENDING, but counts them", async () => {
    const held = order("held");
    rig.tables.rows.orders.set(held.orderId, held);
    await pause();
    const DAYS = 3 * 1_440;

    expect(await maintain(DAYS)).toMatchObject({ "mq.orders.pending": 1 });
    expect(rig.publisher.topic).toEqual([]);

    await resume();
    await maintain(DAYS);
    expect(rig.publisher.topic.map(({ id }) => id)).toEqual([created(held).id]);
  });

  test.each([
    ["order-cancelled", []],
    ["publish-events", []],
    ["order-created", ["cancelled"]],
    ["notify-customer", ["cancelled"]],
  ] as const)(
    "while %s is paused, of a cancelled order with held stock it publishes %j",
    async (name, expected) => {
      const held = order("held", { status: "CANCELLED", version: 3, stockHeld: true });
      rig.tables.rows.orders.set(held.orderId, held);
      await pause(name);

      expect(await maintain(3 * 1_440)).toMatchObject({ "mq.orders.pending": 1 });

      expect(rig.publisher.topic.map(({ type }) => type)).toEqual(expected.map((each) => `order.${each}`));
    },
  );
});
