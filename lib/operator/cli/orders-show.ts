import { request, segment } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { orderText } from "./order-text.ts";

export const ordersShow: Command = {
  name: "orders show",
  takes: "<orderId>",
  summary: "Show an order",
  example: "orders show 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E",
  async run(context) {
    const order = await request(context, { path: `/orders/${segment(onlyArgument(context, "<orderId>"))}` });
    context.write(context.json ? `${JSON.stringify(order)}\n` : orderText(order));
    return EXIT.ok;
  },
};
