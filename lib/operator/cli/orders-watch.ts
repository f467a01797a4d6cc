import type { OrderView } from "../../../functions/contract/schemas.ts";
import { call } from "../target/api-client.ts";
import { type Command, EXIT, orderArgument } from "./command.ts";
import { orderText } from "./order-text.ts";
import { untilDecided } from "./until-decided.ts";

export const ordersWatch: Command = {
  name: "orders watch",
  takes: "<orderId>",
  summary: "Show an order and its changes until it is no longer PENDING, for a minute at most",
  example: "orders watch 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E",
  async run(context) {
    const print = (order: OrderView) =>
      context.write(context.json ? `${JSON.stringify(order)}\n` : orderText(order));
    const orderId = orderArgument(context);
    const first = await call(context, "GET /orders/{orderId}", { orderId });
    print(first);
    const decided = await untilDecided(context, first);
    if (decided !== first) print(decided);
    return EXIT.ok;
  },
};
