import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Images, OrderImage } from "../orders/domain/plan-reservations.ts";
import { orderFromRow, type Row } from "./order-row.ts";

/** A row whose condition failed, as it was; no image where there is no such row. */
export interface Refusal {
  readonly row: { readonly orderId: string } | { readonly sku: string };
  readonly image: Row | undefined;
}

/** `side`: where the write would have taken units from. */
export function imagesOf(refusals: readonly Refusal[], side: "available" | "held"): Images {
  const orders = new Map<string, OrderImage>();
  const stock = new Map<string, number | undefined>();
  for (const { row, image } of refusals) {
    const isThere = image !== undefined && Object.keys(image).length > 0;
    if ("orderId" in row) orders.set(row.orderId, isThere ? orderFromRow(image) : undefined);
    else stock.set(row.sku, isThere ? Number(unmarshall(image)[side]) : undefined);
  }
  return { orders, stock };
}
