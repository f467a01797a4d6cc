import type { StockView } from "../../../functions/contract/schemas.ts";
import type { CommandContext } from "./command.ts";

export function writeStock({ json, write }: CommandContext, stock: StockView): void {
  const { sku, onHand, held, available } = stock;
  write(
    json
      ? `${JSON.stringify(stock)}\n`
      : `${sku}: ${onHand} on hand, ${held} held for orders, ${available} available\n`,
  );
}
