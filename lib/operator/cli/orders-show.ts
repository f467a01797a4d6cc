import { call } from "../target/api-client.ts";
import { type Command, type CommandContext, EXIT, orderArgument } from "./command.ts";
import { orderText } from "./order-text.ts";
import { orderWaits, waitsText } from "./waits-text.ts";

/** The attempts, where reading them costs nothing: a deployment charges for the search of its logs. */
async function entriesOf(context: CommandContext, orderId: string) {
  if (context.flags["stage"] !== undefined) return undefined;
  const read = async () => (await context.observatory()).timeline(orderId);
  return (await read().catch(() => undefined))?.entries;
}

export const ordersShow: Command = {
  name: "orders show",
  takes: "<orderId>",
  summary: "Show an order, where its latest event waits, and a mail that did not arrive",
  details: ["In a deployment the logs are not searched: orders timeline has what became of the mail."],
  example: "orders show 01J9ZQ3V5W8X2Y4Z6A7B8C9D0E",
  async run(context) {
    const orderId = orderArgument(context);
    const order = await call(context, "GET /orders/{orderId}", { orderId });
    if (context.json) {
      context.write(`${JSON.stringify(order)}\n`);
      return EXIT.ok;
    }
    const waits = await orderWaits(context, order, await entriesOf(context, order.orderId));
    context.write(orderText(order) + waitsText(waits));
    return EXIT.ok;
  },
};
