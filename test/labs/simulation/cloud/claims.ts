import type { Notifications } from "../../../../functions/orders/ports/notifications.ts";
import type { MemoryTables } from "../../../fakes/memory-tables.ts";
import type { PortCalls } from "../engine/port-calls.ts";
import { currentInvocation, type Invocation } from "../engine/scheduler.ts";

/**
 * Claims of mails with their owners: only the invocation that made a claim can release it, however late.
 * Each invocation is an instance of its own.
 */
export function ownedClaims(
  calls: PortCalls,
  { notifications, rows }: MemoryTables,
  isOwnerless: boolean,
): Notifications {
  const ownerOf = new Map<string, number>();
  const own = new Map<Invocation | undefined, Map<string, number>>();
  let ids = 0;

  const table = calls.yielding("notifications", {
    ...notifications,
    async claim(eventId: string, now: number, claimId: number) {
      const claim = await notifications.claim(eventId, now);
      if (claim === "claimed") ownerOf.set(eventId, claimId);
      return claim === "sending" && ownerOf.get(eventId) === claimId ? "claimed" : claim;
    },
    async release(eventId: string, claimedAt: number, claimId: number | undefined) {
      if (rows.mails.get(eventId) !== "sending") return;
      if (isOwnerless) rows.mails.delete(eventId);
      else if (ownerOf.get(eventId) === claimId) await notifications.release(eventId, claimedAt);
    },
  });
  return {
    ...table,
    async claim(eventId, now) {
      const invocation = currentInvocation.getStore();
      const claimId = ++ids;
      const claim = await table.claim(eventId, now, claimId);
      const claims = own.get(invocation) ?? new Map<string, number>();
      if (claim === "claimed") own.set(invocation, claims.set(eventId, claimId));
      return claim;
    },
    async release(eventId, claimedAt) {
      const claimId = own.get(currentInvocation.getStore())?.get(eventId);
      if (claimId !== undefined) await table.release(eventId, claimedAt, claimId);
    },
  };
}
