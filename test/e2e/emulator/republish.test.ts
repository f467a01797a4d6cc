import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import type { Timeline } from "../../../lib/operator/observe/view-types.ts";
import { openOwnEmulator } from "../open-target.ts";
import { cliOf } from "../run-cli.ts";
import { untilTrue } from "../until.ts";

const { target, api } = await openOwnEmulator();

const cli = cliOf(target);
const timelineOf = async (orderId: string) =>
  JSON.parse((await cli("orders", "timeline", orderId, "--json")).text) as Timeline;

/** Makes an order a day old. */
async function age(orderId: string): Promise<void> {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await target.dynamoDb.send(
    new UpdateItemCommand({
      TableName: target.tableName("orders"),
      Key: { orderId: { S: orderId } },
      UpdateExpression: "SET updatedAt = :at",
      ExpressionAttributeValues: { ":at": { S: yesterday } },
    }),
  );
}

describe("republished events", () => {
  it("change no order and cause no second mail", async () => {
    await api.stockUp("tea", 10);
    const orders = [await api.decidedOrder("tea", 1), await api.decidedOrder("tea", 2)];
    const [first] = orders.map(({ orderId }) => orderId);
    const outcomes = async () =>
      (await timelineOf(first ?? "")).entries
        .filter(({ source }) => source === "notify-customer")
        .map(({ outcome }) => outcome);
    await untilTrue("the customer has the mail", async () => (await outcomes()).includes("mailed"));
    for (const { orderId } of orders) await age(orderId);
    const republish = ["orders", "republish", "--status", "CONFIRMED", "--older", "2h"];

    const tried = await cli(...republish);
    const done = await cli(...republish, "--yes", "--why", "the mapping was off");
    await untilTrue("the copy came by", async () => (await outcomes()).length > 1);

    expect(tried).toMatchObject({ code: 0, text: expect.stringContaining("would publish 2\n") });
    expect(done).toMatchObject({ code: 0, text: expect.stringMatching(/DONE\n {2}2 published, 0 refused/) });
    expect(await outcomes()).toEqual(["mailed", "duplicate"]);
    const { entries } = await timelineOf(first ?? "");
    expect(entries.map(({ outcome }) => outcome)).toContain("republish");
    expect(await api.stock("tea")).toEqual({ sku: "tea", onHand: 10, held: 3, available: 7 });
  });
});
