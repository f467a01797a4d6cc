import { setTimeout as wait } from "node:timers/promises";
import { request, segment } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { orderText } from "./order-text.ts";

const POLL_MS = 250;

export const ordersWatch: Command = {
  name: "orders watch",
  takes: "<orderId>",
  summary: "Show an order and its changes until it is no longer PENDING",
  example: "orders watch 01J9ZQ",
  async run(context) {
    const path = `/orders/${segment(onlyArgument(context, "<orderId>"))}`;
    let version: unknown;
    for (;;) {
      const order = await request(context, { path });
      if (order["version"] !== version) {
        context.write(context.json ? `${JSON.stringify(order)}\n` : orderText(order));
      }
      version = order["version"];
      if (order["status"] !== "PENDING") return EXIT.ok;
      await wait(POLL_MS);
    }
  },
};
