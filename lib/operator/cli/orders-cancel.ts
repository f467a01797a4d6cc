import { call } from "../target/api-client.ts";
import { type Command, EXIT, orderArgument } from "./command.ts";
import { AT_ONCE_FLAGS } from "./dry-run-flags.ts";
import { orderText } from "./order-text.ts";

export const ordersCancel: Command = {
  name: "orders cancel",
  takes: "<orderId>",
  summary: "Cancel an order",
  flags: AT_ONCE_FLAGS,
  example: "orders cancel 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E",
  async run(context) {
    const orderId = orderArgument(context);
    const order = await call(context, "POST /orders/{orderId}/cancel", { orderId });
    context.write(context.json ? `${JSON.stringify(order)}\n` : orderText(order));
    return EXIT.ok;
  },
};
