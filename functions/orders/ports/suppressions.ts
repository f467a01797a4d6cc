import type { Suppressing } from "../domain/feedback.ts";

export interface Suppression {
  readonly because: Suppressing;
  /** ISO time of the feedback. */
  readonly since: string;
  /** The event that the mail was about. */
  readonly eventId?: string;
}

/** Addresses that get no mail. MUST store no address, only its `addressHash`. */
export interface Suppressions {
  /** Those of the addresses that are suppressed, as given. */
  among(addresses: readonly string[]): Promise<ReadonlySet<string>>;
  get(address: string): Promise<Suppression | undefined>;
  /**
   * Idempotent: an address that is suppressed keeps its first reason. MUST NOT suppress an address for feedback from
   * before an operator unsuppressed it. Returns whether this call suppressed it.
   */
  suppress(address: string, suppression: Suppression): Promise<boolean>;
  /** Returns whether the address was suppressed. `now`: milliseconds since the epoch. */
  unsuppress(address: string, now: number): Promise<boolean>;
}
