import { addressHash } from "../../functions/orders/domain/feedback.ts";
import type { Suppression, Suppressions } from "../../functions/orders/ports/suppressions.ts";

/** A suppression, or the ISO time at which an operator unsuppressed it. */
export type SuppressionRow = Suppression | { readonly unsuppressedAt: string };

/** Suppressions in memory, by the hash of the address. */
export function memorySuppressions(rows: Map<string, SuppressionRow> = new Map()): Suppressions {
  const suppressionOf = (address: string): Suppression | undefined => {
    const row = rows.get(addressHash(address));
    return row === undefined || "unsuppressedAt" in row ? undefined : row;
  };
  return {
    async among(addresses) {
      return new Set(addresses.filter((address) => suppressionOf(address) !== undefined));
    },
    async get(address) {
      return suppressionOf(address);
    },
    async suppress(address, suppression) {
      const row = rows.get(addressHash(address));
      const isKept =
        row !== undefined && (!("unsuppressedAt" in row) || row.unsuppressedAt >= suppression.since);
      if (!isKept) rows.set(addressHash(address), suppression);
      return !isKept;
    },
    async unsuppress(address, now) {
      if (suppressionOf(address) === undefined) return false;
      rows.set(addressHash(address), { unsuppressedAt: new Date(now).toISOString() });
      return true;
    },
  };
}
