import { describe, expect, it } from "vitest";
import { line } from "../client.ts";
import { drained } from "../messages.ts";
import { openOwnEmulator } from "../open-target.ts";
import { cliOf } from "../run-cli.ts";
import { until } from "../until.ts";

const { target, api } = await openOwnEmulator();
await api.stockUp("tea", 100);

const cli = cliOf(target);

describe("events send", () => {
  it("sends the example to the topic: the consumers park the event of an order that does not exist", async () => {
    const { code, text } = await cli("events", "send", "order.created", "--json");

    const { eventId, to } = JSON.parse(text);
    expect({ code, to }).toEqual({ code: 0, to: ["order-created"] });
    const row = await api.failed(`order-created~${eventId}`, "OPEN");
    expect(row).toMatchObject({ reason: "UNKNOWN_ORDER", eventId });
  });

  it("sends the event of an order to one consumer, where it is a duplicate", async () => {
    const { orderId } = await api.decidedOrder("tea", 1);
    const duplicates = () => target.counted("duplicate", "order-created", "order.created");
    const before = await duplicates();

    const sent = await cli("events", "send", "order.created", "--order", orderId, "--to", "order-created");
    await drained(target, "order-created");

    expect(sent).toMatchObject({
      code: 0,
      text: expect.stringContaining(`${orderId}:1:order.created sent to`),
    });
    await until("a duplicate", async () => ((await duplicates()) === before + 1 ? true : undefined));
  });

  it("names the consumers where there is no such one, and the fault of an event that is posted", async () => {
    const unknown = await cli("events", "send", "order.created", "--to", "me");
    const posted = await fetch(`${target.url}/_emulator/events`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ body: "{}" }),
    });

    expect(unknown).toMatchObject({ code: 3, errors: expect.stringContaining("there are order-c") });
    expect(posted.status).toBe(400);
    expect(await posted.json()).toMatchObject({
      detail: "The event must have required property 'specversion'",
    });
  });
});

describe("events replay", () => {
  it("repeats no effect, and is in the timeline of the order", async () => {
    const { body } = await api.place({ lines: [line("tea", 2)] });
    const order = await api.become(body.orderId);
    const stock = await api.stock("tea");
    const flags = ["--event", "order.created", "--to", "order-created"];

    const done = await cli("events", "replay", order.orderId, ...flags, "--yes", "--why", "to see");
    await drained(target, "order-created");

    expect(done).toMatchObject({ code: 0, text: expect.stringContaining("sent to order-created") });
    expect(await api.stock("tea")).toEqual(stock);
    const acts = await until("the act in the timeline", async () => {
      const { text } = await cli("orders", "timeline", order.orderId, "--json");
      const { entries } = JSON.parse(text) as { entries: { source: string; outcome: string }[] };
      return entries.some(({ outcome }) => outcome === "duplicate") ? entries : undefined;
    });
    expect(acts).toContainEqual(expect.objectContaining({ source: "operator", outcome: "replay" }));
  });
});
