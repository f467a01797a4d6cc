import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import type { QueueConsumer } from "../../../functions/consumers/consumers.ts";
import { httpObservatory } from "../../../lib/operator/observe/http-observatory.ts";
import { line } from "../client.ts";
import { openOwnEmulator } from "../open-target.ts";
import { cliOf } from "../run-cli.ts";
import { expectExactStock } from "../tables.ts";
import { untilTrue } from "../until.ts";

const { target, api } = await openOwnEmulator({ maxPendingSeconds: "10" });
const cli = cliOf(target);

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
  await target.emulator.mend();

  expect(placed.status).toBe(202);
  expect(before).toBe("OK");
  expect(meanwhile.status).toBe("PENDING");
  expect(decided.status).toBe("CONFIRMED");
  expect(await api.stock("tea")).toEqual({ sku: "tea", onHand: 10, held: 2, available: 8 });
  expect(await stateOf("maintenance-silent")).toBe("OK");
});

it("a cancelled order whose message is lost is shown with its held stock, and releases it once its event is published again", async () => {
  await api.stockUp("milk", 10);
  const { orderId } = await api.decidedOrder("milk", 4);
  await api.pause("order-cancelled");
  await api.cancel(orderId);
  await loseMessage("order-cancelled");
  await api.resume("order-cancelled");
  const { text: atOnce } = await cli("orders", "show", orderId);
  const held = await api.stock("milk");
  await untilTrue("its wait is explained", async () =>
    (await cli("orders", "show", orderId)).text.includes("It is unknown where its event is"),
  );

  await untilTrue("the stock is released", async () => {
    await target.invoke("maintenance");
    return (await api.order(orderId)).stockHeld === false;
  });

  expect(atOnce).toContain("CANCELLED");
  expect(atOnce).toContain("Its stock is still held.");
  expect(held).toEqual({ sku: "milk", onHand: 10, held: 4, available: 6 });
  expect(await api.stock("milk")).toEqual({ sku: "milk", onHand: 10, held: 0, available: 10 });
  expect((await cli("orders", "show", orderId)).text).not.toContain("held");
  await expectExactStock(target);
});

/** Deletes the one message of a queue that nothing reads, as the end of its retention does. */
async function loseMessage(consumer: QueueConsumer): Promise<void> {
  const QueueUrl = await target.queueUrl(consumer);
  await untilTrue("the message is deleted", async () => {
    const { Messages = [] } = await target.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }),
    );
    for (const { ReceiptHandle } of Messages)
      await target.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.length > 0;
  });
}
