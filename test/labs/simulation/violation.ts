/** A violated invariant, by its name (I1 to I21, API, …). */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

/** Throws unless the invariant holds. */
export function assertInvariant(condition: boolean, invariant: string, message: () => string): void {
  if (!condition) throw new Violation(invariant, message());
}
