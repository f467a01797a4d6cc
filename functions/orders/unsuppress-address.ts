import type { UnsuppressAnswer } from "../contract/operator-answers.ts";
import type { Unsuppress } from "../contract/operator-schemas.ts";
import type { AuditAct } from "../middleware/audit.ts";
import type { Clock } from "../middleware/clock.ts";
import { Problem } from "../middleware/problem.ts";
import { addressHash } from "./domain/feedback.ts";
import { readOrder } from "./order-commands.ts";
import type { OrderStore } from "./ports/order-store.ts";
import type { Suppressions } from "./ports/suppressions.ts";

export interface SuppressionPorts {
  readonly orders: OrderStore;
  readonly suppressions: Suppressions;
  readonly clock: Clock;
  readonly audit: AuditAct;
}

/**
 * Shows the suppression of an address and, unless it is a dry run, unsuppresses it. Neither the answer nor a line of the
 * log holds the address. Throws a Problem.
 */
export function unsuppressAddress({ orders, suppressions, clock, audit }: SuppressionPorts) {
  const read = readOrder({ orders });
  const addressOf = async ({ email, orderId }: Unsuppress): Promise<string> => {
    if (email !== undefined && orderId === undefined) return email;
    if (orderId !== undefined && email === undefined) return (await read(orderId)).contact.email;
    throw new Problem("INVALID_REQUEST", {
      detail: "Send an email or an orderId, not both.",
      pointer: "/email",
    });
  };
  return async (asked: Unsuppress, by: string): Promise<UnsuppressAnswer> => {
    const { why, dryRun } = asked;
    const email = await addressOf(asked);
    const found = await suppressions.get(email);
    if (found === undefined) return { outcome: "not suppressed" };
    if (dryRun === true) return { outcome: "would lift", ...found };
    await suppressions.unsuppress(email, clock.now());
    audit({ act: "unsuppress", addressHash: addressHash(email), eventId: found.eventId, by, why });
    return { outcome: "lifted", ...found };
  };
}
