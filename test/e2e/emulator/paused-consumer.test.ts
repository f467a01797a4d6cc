import { describe, expect, it } from "vitest";
import { httpObservatory } from "../../../lib/operator/observe/http-observatory.ts";
import { line } from "../client.ts";
import { openOwnEmulator } from "../open-target.ts";
import { cliOf } from "../run-cli.ts";
import { expectExactStock } from "../tables.ts";
import { untilTrue } from "../until.ts";

const NAME = "order-created";
const { target, api } = await openOwnEmulator({ alarmThresholds: "consumer-paused:1" });
const MAPPINGS = `${target.url}/_emulator/aws/2015-03-31/event-source-mappings`;

const cli = cliOf(target);

async function stateOf(kind: string) {
  const alarms = await httpObservatory(target).alarms();
  return alarms.find(({ runbook }) => runbook === `alarm-${kind}`)?.state;
}

async function consumer() {
  const { body } = await api.call("GET /consumers");
  return body.consumers.find(({ name }) => name === NAME);
}

/** The calls of a deployment, which no policy of the functions limits. */
async function mappingsOf(name: string) {
  const response = await fetch(`${MAPPINGS}?FunctionName=order-events-local-${name}`);
  const { EventSourceMappings: found } = (await response.json()) as {
    EventSourceMappings: { UUID: string; State: string }[];
  };
  return found;
}
const enable = async (uuid: string) =>
  (
    await fetch(`${MAPPINGS}/${uuid}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ Enabled: true }),
    })
  ).status;

describe("a paused consumer", () => {
  it("is listed with the operator, the reason, and how long its messages are kept", async () => {
    const { text } = await cli("consumers", "pause", NAME, "--why", "stock is being counted");
    await untilTrue("its mapping is off", async () => (await consumer())?.isSwitching === false);

    expect(text).toContain("keeps each for 4 days");
    expect(await consumer()).toMatchObject({
      state: "PAUSED",
      pause: { by: "local", why: "stock is being counted" },
      mappings: [{ source: "order-events-local-order-created", state: "Disabled" }],
    });
    expect((await cli("consumers")).text).toMatch(/^order-created +PAUSED .* stock is being counted +4d$/m);
  });

  it("is paused again by maintenance after a deployment has switched its mapping on", async () => {
    const [mapping] = await mappingsOf(NAME);
    expect(await enable(mapping?.UUID ?? "")).toBe(202);
    await untilTrue("it is on", async () => (await mappingsOf(NAME))[0]?.State === "Enabled");

    await target.invoke("maintenance");

    await untilTrue("it is off", async () => (await mappingsOf(NAME))[0]?.State === "Disabled");
  });

  it("leaves its orders PENDING, sets off an alarm when it is forgotten, and works off its queue once it is resumed", async () => {
    await api.stockUp("tea", 10);
    const placed = await Promise.all([2, 3].map((quantity) => api.place({ lines: [line("tea", quantity)] })));
    await untilTrue("their messages wait", async () =>
      (await httpObservatory(target).queues()).some(
        (queue) => queue.consumer === NAME && queue.waiting === 2,
      ),
    );
    const before = await Promise.all(placed.map(({ body }) => api.order(body.orderId)));
    const [first] = placed;
    const { text: timeline } = await cli("orders", "timeline", first?.body.orderId ?? "");
    const { text: shown } = await cli("orders", "show", first?.body.orderId ?? "");
    await untilTrue("the alarm goes off", async () => {
      await target.invoke("maintenance");
      return (await stateOf("consumer-paused")) === "ALARM";
    });

    await api.resume(NAME);
    const decided = await Promise.all(placed.map(({ body }) => api.become(body.orderId)));

    expect(before.map(({ status }) => status)).toEqual(["PENDING", "PENDING"]);
    for (const text of [timeline, shown])
      expect(text).toMatch(
        /Held by order-created, which is paused since \S+ by local: stock is being counted\./,
      );
    expect(decided.map(({ status }) => status)).toEqual(["CONFIRMED", "CONFIRMED"]);
    expect(await api.stock("tea")).toEqual({ sku: "tea", onHand: 10, held: 5, available: 5 });
    await expectExactStock(target);
    expect(await consumer()).toMatchObject({ state: "RUNNING", resumed: { by: "local" } });
  });
});

it("a publisher can be paused, and publishes what waited in the stream", async () => {
  await api.stockUp("milk", 10);
  await api.pause("publish-events");
  const { body } = await api.place({ lines: [line("milk")] });
  await untilTrue("the order is stored", async () => (await api.order(body.orderId)).status === "PENDING");

  await api.resume("publish-events");

  expect((await api.become(body.orderId)).status).toBe("CONFIRMED");
});
