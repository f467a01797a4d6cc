import { LIMITS } from "../../../functions/contract/limits.ts";
import { call } from "../target/api-client.ts";
import { type Command, EXIT, UsageError, wholeNumber } from "./command.ts";
import { AT_ONCE_FLAGS } from "./dry-run-flags.ts";
import { writeStock } from "./stock-text.ts";

export const stockSet: Command = {
  name: "stock set",
  takes: "<sku> <onHand>",
  summary: "Set the stock of a SKU to a counted number",
  flags: AT_ONCE_FLAGS,
  example: "stock set tea 500",
  async run(context) {
    const [sku, onHand, ...others] = context.positionals;
    if (sku === undefined || onHand === undefined || others.length > 0) {
      throw new UsageError("expected two arguments: <sku> <onHand>");
    }
    const body = { onHand: wholeNumber(onHand, "<onHand>", 0, LIMITS.onHand) };
    writeStock(context, await call(context, "PUT /stock/{sku}", { sku, body }));
    return EXIT.ok;
  },
};
