import { call } from "../target/api-client.ts";
import { type Command, EXIT, onlyArgument } from "./command.ts";
import { writeStock } from "./stock-text.ts";

export const stockShow: Command = {
  name: "stock show",
  takes: "<sku>",
  summary: "Show how many of a SKU are on hand, held for orders and available",
  example: "stock show tea",
  async run(context) {
    const sku = onlyArgument(context, "<sku>");
    writeStock(context, await call(context, "GET /stock/{sku}", { sku }));
    return EXIT.ok;
  },
};
