import type { StockView } from "../../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import type { MetricTotals } from "../../../lib/emulator/metrics/metric-store.ts";
import type { Audit } from "./audit.ts";
import type { ReportedOutcomes } from "./customers.ts";
import type { Poison } from "./foreign-messages.ts";
import type { MailedEvents } from "./mails.ts";
import type { Claim } from "./tables.ts";

/** The state of the emulator at rest, and the outcomes reported to clients. */
export interface FinalState extends MailedEvents {
  readonly reported: ReportedOutcomes;
  /** The last accepted count of each SKU. */
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
  /** Work that is still queued, in progress or not imported. */
  readonly unfinished: readonly string[];
}

/** The result of one check. */
export interface Check {
  readonly name: string;
  /** Number of examined items. */
  readonly examined: number;
  readonly violations: readonly string[];
}
