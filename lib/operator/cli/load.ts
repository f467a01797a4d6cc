import { isDeployment } from "./cli-target.ts";
import { type Command, EXIT, UsageError, wholeNumber } from "./command.ts";
import { generateLoad, type LoadCounts, percentile, SETTLE_MS } from "./load-generator.ts";
import { setStock } from "./stock-up.ts";

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
      context.json ? `${JSON.stringify(summaryOf(counts))}\n` : `${lineOf(counts)}\n${troubleOf(counts)}`,
    );
    return counts.errors.size > 0 || unsettled(counts) > 0 ? EXIT.failed : EXIT.ok;
  },
};

function summaryOf(counts: LoadCounts) {
  const { sent, accepted, elapsedMs, answeredMs, followed, settledMs, errors } = counts;
  return {
    sent,
    accepted,
    ratePerSecond: elapsedMs === 0 ? 0 : Math.round((accepted * 10_000) / elapsedMs) / 10,
    answeredMs: { p50: percentile(answeredMs, 0.5), p99: percentile(answeredMs, 0.99) },
    followed,
    /** Of those that were watched: from the request to the status that is no longer PENDING. */
    settledMs: {
      count: settledMs.length,
      p50: percentile(settledMs, 0.5),
      p99: percentile(settledMs, 0.99),
    },
    unsettled: unsettled(counts),
    errors: Object.fromEntries(errors),
  };
}

/** Once the load has ended: watched to the end, and not seen settled. */
const unsettled = ({ followed, settledMs }: LoadCounts): number => followed - settledMs.length;

/** `12 s  120 orders placed, 0 refused or unanswered  10.0/s  answered p50 8 ms p99 20 ms  30 of 30 watched settled p50 24 ms p99 60 ms` */
function lineOf(counts: LoadCounts): string {
  const { accepted, ratePerSecond, answeredMs, followed, settledMs } = summaryOf(counts);
  const ms = (value: number | null) => (value === null ? "-" : `${value} ms`);
  const errors = [...counts.errors.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${Math.round(counts.elapsedMs / 1_000)} s`,
    `${accepted} orders placed, ${errors} refused or unanswered`,
    `${ratePerSecond.toFixed(1)}/s`,
    `answered p50 ${ms(answeredMs.p50)} p99 ${ms(answeredMs.p99)}`,
    `${settledMs.count} of ${followed} followed settled p50 ${ms(settledMs.p50)} p99 ${ms(settledMs.p99)}`,
  ].join("  ");
}

function troubleOf(counts: LoadCounts): string {
  const lines = [...counts.errors].map(([code, count]) => `  ${count} × ${code}\n`);
  const late = unsettled(counts);
  if (late > 0)
    lines.push(`  ${late} of ${counts.followed} followed not settled within ${SETTLE_MS / 1_000} s\n`);
  return lines.join("");
}
