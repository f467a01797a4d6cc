import type { StockView } from "../../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import type { MetricTotals } from "../../../lib/emulator/metrics/metric-store.ts";
import type { Audit } from "./audit.ts";
import type { Told } from "./customers.ts";
import type { Poison } from "./foreign-messages.ts";
import type { MailedEvents } from "./mails.ts";
import type { Claim } from "./tables.ts";

/** Everything that is known when the emulator has come to rest. */
export interface Facts extends MailedEvents {
  readonly told: Told;
  /** The last count of each SKU that was answered with success. */
  readonly counted: ReadonlyMap<string, number>;
  readonly poisons: readonly Poison[];
  readonly orders: ReadonlyMap<string, Order>;
  readonly stock: readonly StockView[];
  /** By event id. */
  readonly claims: ReadonlyMap<string, Claim>;
  /** By key. */
  readonly failed: ReadonlyMap<string, FailedMessage>;
  readonly audit: Pick<Audit, "of" | "entries">;
  readonly metrics: readonly MetricTotals[];
  /** What is still queued, under way or not imported. */
  readonly stillMoving: readonly string[];
}

/** One line of the accounting. */
export interface Check {
  readonly name: string;
  /** How many things were looked at. */
  readonly looked: number;
  readonly breaches: readonly string[];
}
