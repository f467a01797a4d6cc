import type { ApiAnswer } from "../target/api-client.ts";
import type { CommandContext } from "./command.ts";

export function writeStock({ json, write }: CommandContext, stock: ApiAnswer["body"]): void {
  const { sku, onHand, held, available } = stock;
  write(
    json
      ? `${JSON.stringify(stock)}\n`
      : `${sku}: ${onHand} on hand, ${held} held for orders, ${available} available\n`,
  );
}
