import { isDeployment } from "./cli-target.ts";
import { type Command, EXIT, refuseArguments, UsageError, wholeNumber } from "./command.ts";
import { generateLoad, type LoadCounts, percentile } from "./load-generator.ts";
import { putStock } from "./put-stock.ts";
import { DECISION_TIMEOUT_MS } from "./until-decided.ts";

/** More than an hour at the highest rate needs. */
const ON_HAND = 100_000_000;

export const load: Command = {
  name: "load",
  takes: "",
  summary: "Place orders at a constant rate and measure latencies",
  flags: {
    rate: { type: "string", default: "10", value: "number", help: "Orders per second, 1 to 500" },
    seconds: { type: "string", default: "10", value: "number", help: "Duration in seconds, 1 to 3600" },
    skus: {
      type: "string",
      default: "5",
      value: "number",
      help: "Number of SKUs (load-1, load-2, …), 1 to 100",
    },
    yes: {
      type: "boolean",
      default: false,
      help: "Required for a deployment: each order takes stock, costs money and sends a mail",
    },
  },
  example: "load --rate 20 --seconds 30",
  async run(context) {
    refuseArguments(context);
    const rate = wholeNumber(context.flags["rate"], "--rate", 1, 500);
    const seconds = wholeNumber(context.flags["seconds"], "--seconds", 1, 3_600);
    const skus = wholeNumber(context.flags["skus"], "--skus", 1, 100);
    if (context.flags["yes"] !== true && (await isDeployment(context))) {
      throw new UsageError(`${rate * seconds} orders against a deployment: --yes is required`);
    }
    for (let i = 1; i <= skus; i++) await putStock(context, `load-${i}`, ON_HAND);
    const interruption = context.interruption();
    const report = (soFar: LoadCounts) => context.progress(summaryLine(soFar));
    const counts = await generateLoad(context, { rate, seconds, skus }, report, interruption);
    context.progress("");
    context.write(
      context.json
        ? `${JSON.stringify(summaryOf(counts))}\n`
        : `${summaryLine(counts)}\n${errorLines(counts)}`,
    );
    if (interruption.aborted) return EXIT.interrupted;
    return counts.errors.size > 0 || undecided(counts) > 0 ? EXIT.failed : EXIT.ok;
  },
};

function summaryOf(counts: LoadCounts) {
  const { sent, accepted, elapsedMs, answeredMs, followed, decidedMs, errors } = counts;
  return {
    sent,
    accepted,
    ratePerSecond: elapsedMs === 0 ? 0 : Math.round((accepted * 10_000) / elapsedMs) / 10,
    answeredMs: { p50: percentile(answeredMs, 0.5), p99: percentile(answeredMs, 0.99) },
    followed,
    /** From the request to a status other than PENDING, of the orders that were followed. */
    decidedMs: {
      count: decidedMs.length,
      p50: percentile(decidedMs, 0.5),
      p99: percentile(decidedMs, 0.99),
    },
    undecided: undecided(counts),
    errors: Object.fromEntries(errors),
  };
}

/** After the load has ended: not decided within the time-out. They may be later. */
const undecided = ({ followed, decidedMs }: LoadCounts): number => followed - decidedMs.length;

/** `12 s  120 orders placed, 0 failed  10.0/s  response p50 8 ms p99 20 ms  30 of 30 followed orders decided p50 24 ms p99 60 ms` */
function summaryLine(counts: LoadCounts): string {
  const { accepted, ratePerSecond, answeredMs, followed, decidedMs } = summaryOf(counts);
  const ms = (value: number | null) => (value === null ? "-" : `${value} ms`);
  const errors = [...counts.errors.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${Math.round(counts.elapsedMs / 1_000)} s`,
    `${accepted} orders placed, ${errors} failed`,
    `${ratePerSecond.toFixed(1)}/s`,
    `response p50 ${ms(answeredMs.p50)} p99 ${ms(answeredMs.p99)}`,
    `${decidedMs.count} of ${followed} followed orders decided p50 ${ms(decidedMs.p50)} p99 ${ms(decidedMs.p99)}`,
  ].join("  ");
}

function errorLines(counts: LoadCounts): string {
  const lines = [...counts.errors].map(([code, count]) => `  ${count} × ${code}\n`);
  const late = undecided(counts);
  if (late > 0)
    lines.push(
      `  ${late} of ${counts.followed} followed orders not decided within ${DECISION_TIMEOUT_MS / 1_000} s, and not lost. See:  order-events orders list --status PENDING\n`,
    );
  return lines.join("");
}
