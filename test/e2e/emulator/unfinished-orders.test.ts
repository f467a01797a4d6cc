import { expect, it } from "vitest";
import { httpObservatory } from "../../../lib/operator/observe/http-observatory.ts";
import { line } from "../client.ts";
import { openOwnEmulator } from "../open-target.ts";
import { untilTrue } from "../until.ts";

const { target, api } = await openOwnEmulator({ maxPendingSeconds: "10" });

/** The state of an alarm, as the console reads it. */
async function stateOf(kind: string) {
  const alarms = await httpObservatory(target).alarms();
  return alarms.find(({ runbook }) => runbook === `alarm-${kind}`)?.state;
}

it("an order whose event is never published sets off an alarm, and is decided once it can be published", async () => {
  await api.stockUp("tea", 10);
  await target.emulator.break("function:publish-events");
  const findTopic = target.emulator.loseTopic();
  const placed = await api.place({ lines: [line("tea", 2)] });
  const before = await stateOf("pending-orders");
  await untilTrue("the alarm goes off", async () => {
    await target.invoke("maintenance");
    return (await stateOf("pending-orders")) === "ALARM";
  });
  const meanwhile = await api.order(placed.body.orderId);

  findTopic();
  await target.invoke("maintenance");
  const decided = await api.become(placed.body.orderId);

  expect(placed.status).toBe(202);
  expect(before).toBe("OK");
  expect(meanwhile.status).toBe("PENDING");
  expect(decided.status).toBe("CONFIRMED");
  expect(await api.stock("tea")).toEqual({ sku: "tea", onHand: 10, held: 2, available: 8 });
  expect(await stateOf("maintenance-silent")).toBe("OK");
});
