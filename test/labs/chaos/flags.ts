import { parseArgs } from "node:util";

export interface ChaosFlags {
  readonly orders: number;
  readonly rate: number;
  readonly seed: number;
  readonly json: boolean;
}

export const CHAOS_HELP = `npm run chaos -- [flags]: orders through the local emulator while everything around it fails

  --orders N   orders to place (default 10000)
  --rate R     share of calls that are struck on every boundary, from 0 to 0.5 (default 0.05)
  --seed N     what customers want, and the dice of the faultProfile (default 1); the machine's own timing stays
  --json       the report as JSON, and nothing else on standard output
  --help       this text

The exit code is 0 only if the accounting holds, 1 if it does not or the run could not be made, 3 when a flag is
wrong. The reports are kept in reports/chaos.txt and reports/chaos.json.
`;

/** Throws for a flag that is unknown or out of range. */
export function chaosFlags(args: readonly string[]): ChaosFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: "string", default: "10000" },
      rate: { type: "string", default: "0.05" },
      seed: { type: "string", default: "1" },
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
  return { orders, rate, seed, json: values.json };
}
