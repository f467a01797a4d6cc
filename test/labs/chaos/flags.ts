import { parseArgs } from "node:util";
import { type LimitOptions, readLimitOptions } from "../../../lib/emulator/aws-limits/limit-options.ts";

export interface ChaosFlags {
  readonly orders: number;
  readonly rate: number;
  readonly seed: number;
  /** The latency of AWS always, and the quotas of a region where one is given. */
  readonly limits: LimitOptions;
  readonly json: boolean;
}

export const CHAOS_HELP = `npm run chaos -- [flags]: puts orders through the local emulator while every service fails at random
and each call takes as long as at AWS

  --orders N   number of orders (default 10000)
  --rate R     share of calls that fail on every boundary, 0 to 0.5 (default 0.05)
  --seed N     seed of the orders and faults (default 1); timing is not seeded
  --quotas R   also refuses what exceeds the quotas of the AWS region R (default: refuses nothing)
  --json       prints only the report, as JSON
  --help       this text

The exit code is 0 when the accounting holds, 1 when it does not or the run failed, 3 when a flag is wrong.
Reports: reports/chaos.txt and reports/chaos.json.
`;

/** Throws for a flag that is unknown or out of range. */
export function chaosFlags(args: readonly string[]): ChaosFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: "string", default: "10000" },
      rate: { type: "string", default: "0.05" },
      seed: { type: "string", default: "1" },
      quotas: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const orders = Number(values.orders);
  const rate = Number(values.rate);
  const seed = Number(values.seed);
  if (!Number.isInteger(orders) || orders < 1) {
    throw new RangeError(`--orders takes an integer from 1, not ${values.orders}.`);
  }
  if (!(rate >= 0 && rate <= 0.5)) throw new RangeError(`--rate takes 0 to 0.5, not ${values.rate}.`);
  if (!Number.isInteger(seed)) throw new RangeError(`--seed takes an integer, not ${values.seed}.`);
  const limits = readLimitOptions({ latency: "aws", quotas: values.quotas });
  return { orders, rate, seed, limits, json: values.json };
}
