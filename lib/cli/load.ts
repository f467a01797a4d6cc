import { type Command, EXIT, UsageError, wholeNumber } from "./command.ts";
import { generateLoad, type LoadCounts, percentile } from "./load-generator.ts";
import { setStock } from "./stock-up.ts";
import { isDeployment } from "./target.ts";

/** More than any load takes in its hour. */
const PLENTY = 100_000_000;

export const load: Command = {
  name: "load",
  takes: "",
  summary: "place orders at a steady rate for a while, and show how long they take",
  flags: {
    rate: { type: "string", default: "10" },
    seconds: { type: "string", default: "10" },
    skus: { type: "string", default: "5" },
    yes: { type: "boolean", default: false },
  },
  flagHelp: [
    "--rate N       orders a second, 1 to 500 (default 10); the API throttles by its own settings",
    "--seconds N    how long, 1 to 3600 (default 10); it ends by itself",
    "--skus N       over how many SKUs, 1 to 100 (default 5): load-1, load-2, …",
    "--yes          needed against a deployment: each order costs, and sends a mail",
  ],
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError("this takes flags only");
    const rate = wholeNumber(context.flags["rate"], "--rate", 1, 500);
    const seconds = wholeNumber(context.flags["seconds"], "--seconds", 1, 3_600);
    const skus = wholeNumber(context.flags["skus"], "--skus", 1, 100);
    if (context.flags["yes"] !== true && (await isDeployment(context))) {
      throw new UsageError(`${rate * seconds} orders against a deployment: say --yes`);
    }
    for (let i = 1; i <= skus; i++) await setStock(context, `load-${i}`, PLENTY);
    const counts = await generateLoad(context, { rate, seconds, skus }, (so) => context.progress(lineOf(so)));
    context.progress("");
    context.write(
      context.json ? `${JSON.stringify(summaryOf(counts))}\n` : `${lineOf(counts)}\n${errorsOf(counts)}`,
    );
    return counts.errors.size > 0 ? EXIT.failed : EXIT.ok;
  },
};

function summaryOf(counts: LoadCounts) {
  const { sent, accepted, elapsedMs, answeredMs, settledMs, errors, unsettled } = counts;
  return {
    sent,
    accepted,
    ratePerSecond: elapsedMs === 0 ? 0 : Math.round((accepted * 10_000) / elapsedMs) / 10,
    answeredMs: { p50: percentile(answeredMs, 0.5), p99: percentile(answeredMs, 0.99) },
    /** Of a sample of the orders: from the request to the status that is no longer PENDING. */
    settledMs: {
      sample: settledMs.length,
      p50: percentile(settledMs, 0.5),
      p99: percentile(settledMs, 0.99),
    },
    unsettled,
    errors: Object.fromEntries(errors),
  };
}

/** `12 s  120 orders  10.0/s  answered p50 8 ms p99 20 ms  settled p50 24 ms p99 60 ms  0 errors` */
function lineOf(counts: LoadCounts): string {
  const { accepted, ratePerSecond, answeredMs, settledMs } = summaryOf(counts);
  const ms = (value: number | null) => (value === null ? "-" : `${value} ms`);
  const errors = [...counts.errors.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${Math.round(counts.elapsedMs / 1_000)} s`,
    `${accepted} orders`,
    `${ratePerSecond.toFixed(1)}/s`,
    `answered p50 ${ms(answeredMs.p50)} p99 ${ms(answeredMs.p99)}`,
    `settled p50 ${ms(settledMs.p50)} p99 ${ms(settledMs.p99)}`,
    `${errors} errors`,
  ].join("  ");
}

function errorsOf({ errors, unsettled }: LoadCounts): string {
  const lines = [...errors].map(([code, count]) => `  ${count} × ${code}\n`);
  return (
    lines.join("") + (unsettled === 0 ? "" : `  ${unsettled} late: still PENDING when their time was over\n`)
  );
}
