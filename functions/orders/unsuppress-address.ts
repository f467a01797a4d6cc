import type { UnsuppressAnswer } from "../contract/operator-answers.ts";
import type { Unsuppress } from "../contract/operator-schemas.ts";
import type { AuditAct } from "../middleware/audit.ts";
import type { Clock } from "../middleware/clock.ts";
import { addressHash } from "./domain/feedback.ts";
import type { Suppressions } from "./ports/suppressions.ts";

export interface SuppressionPorts {
  readonly suppressions: Suppressions;
  readonly clock: Clock;
  readonly audit: AuditAct;
}

/** Shows the suppression of an address and, unless it is a dry run, unsuppresses it. No line holds the address. */
export function unsuppressAddress({ suppressions, clock, audit }: SuppressionPorts) {
  return async ({ email, why, dryRun }: Unsuppress, by: string): Promise<UnsuppressAnswer> => {
    const found = await suppressions.get(email);
    if (found === undefined) return { outcome: "not suppressed" };
    if (dryRun === true) return { outcome: "would lift", ...found };
    await suppressions.unsuppress(email, clock.now());
    audit({ act: "unsuppress", addressHash: addressHash(email), eventId: found.eventId, by, why });
    return { outcome: "lifted", ...found };
  };
}
