import { describe, expect, it } from "vitest";
import { campaign } from "../campaign/campaign.ts";
import { MUTANTS } from "./all-mutants.ts";
import { type Catch, tableOf } from "./hunt.ts";

/** Number of schedules in which each mutant has to be caught. */
const LIMIT = 3_000;

describe("the simulation", () => {
  it(`catches each of ${MUTANTS.length} mutants`, async () => {
    const catches: Catch[] = [];
    const jobs = MUTANTS.map((_, index) => ({ kind: "mutant", index, limit: LIMIT }) as const);

    await campaign(jobs, ({ caught }) => {
      if (caught !== undefined) catches.push(caught);
    });

    expect(catches.length).toBe(MUTANTS.length);
    expect(MUTANTS.length).toBeGreaterThanOrEqual(25);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    expect(
      catches.filter(({ invariant }) => invariant === undefined),
      tableOf(catches),
    ).toEqual([]);
  }, 600_000);
});
