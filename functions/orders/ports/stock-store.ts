import type { StockView } from "../../contract/schemas.ts";

/** The stock table as the API sees it. `available` is always `onHand − held`. */
export interface StockStore {
  get(sku: string): Promise<StockView | undefined>;
  /**
   * MUST set the counted units and derive `available` from `held`, in one write. Idempotent. `below-held` when fewer
   * units were counted than are held for orders.
   */
  count(sku: string, onHand: number): Promise<{ kind: "counted"; stock: StockView } | { kind: "below-held" }>;
}
