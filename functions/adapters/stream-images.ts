import type { OrderEvent } from "../contract/schemas.ts";
import { eventOfChange } from "../orders/domain/order.ts";
import { orderFromRow, type Row } from "./order-row.ts";

/** Both images of a row, as a DynamoDB stream carries them. */
export interface StreamImages {
  readonly OldImage?: Readonly<Record<string, unknown>>;
  readonly NewImage?: Readonly<Record<string, unknown>>;
}

/** The event of one change of an order row, if it has one. Throws where an image is not one. */
export function eventOfStreamRecord({ OldImage, NewImage }: StreamImages): OrderEvent | undefined {
  const before = OldImage === undefined ? undefined : orderFromRow(OldImage as Row);
  const after = NewImage === undefined ? undefined : orderFromRow(NewImage as Row);
  return eventOfChange(before, after);
}
