import type { StockView } from "../../contract/schemas.ts";

/** The stock table as the API sees it. `available` is always `onHand − held`. */
export interface Stock {
  get(sku: string): Promise<StockView | undefined>;
  /**
   * MUST set the counted units and derive what is available from what is held, in one write; setting the same
   * count twice changes nothing. Refused when less was counted than is held for orders.
   */
  count(sku: string, onHand: number): Promise<{ kind: "counted"; stock: StockView } | { kind: "below-held" }>;
}
