import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readSettings } from "../../../../lib/config.ts";
import { scriptFlags } from "../../../../lib/script-flags.ts";
import { pairsOf } from "../../../../lib/settings/read-setting.ts";
import { REGION_PATTERN } from "../../../../lib/settings/region-quotas.ts";
import { deployed } from "../cost.ts";
import { perMillionOrders } from "../cost-model.ts";
import { type Demand, uniform, zipf } from "../hot-stock/demand.ts";
import { AS_DEPLOYED, runHotStock } from "../hot-stock/hot-stock-model.ts";
import { countedOrders } from "../order-calls.ts";
import { type Line, REGION, totalUsd } from "../prices.ts";
import { count, type DecidedPerSecond, type OrderLimit, orderLimits } from "./order-limits.ts";
import { type TemplateLimits, templateLimits } from "./template-limits.ts";

const HELP = `npm run capacity -- [flags]: which limit breaks first, from the templates, the counted calls of an order and AWS's quotas

  --rate N       orders a second (default 1000)
  --region R     region of the quotas (default eu-central-1)
  --stage S      the stage (default dev)
  -c name=value  a setting of lib/config.ts; may be given more than once
  --json         the numbers as JSON
  --help         this text

Orders have one line and are confirmed; the model of hot stock has three. Nothing is measured in an account: times of calls
are those of npm start -- --latency aws, and quotas are AWS's defaults.
`;

const SECONDS_A_MONTH = 43_800 * 60;
/** Enough orders to tell a thousand from two. */
const MODEL_SECONDS = 5;
const DEMANDS: readonly Demand[] = [uniform(10_000), zipf(1_000)];

/** Orders a second that the consumer of created orders decides, as deployed and with hotStock. */
export async function decidedPerSecond(context: Readonly<Record<string, string>>): Promise<DecidedPerSecond> {
  const now = templateLimits(context);
  const hot = templateLimits({ ...context, hotStock: "true" });
  const rates: Record<string, { now: number; hotStock: number }> = {};
  for (const demand of DEMANDS)
    rates[demand.name] = { now: await decided(now, demand), hotStock: await decided(hot, demand) };
  return rates;
}

async function decided({ consumers }: TemplateLimits, demand: Demand): Promise<number> {
  const reading = consumers.get("order-created");
  if (reading === undefined) throw new Error("The templates have no order-created.");
  const { batchSize, atATime: pollers } = reading;
  const run = await runHotStock({ ...AS_DEPLOYED, demand, batchSize, pollers, seconds: MODEL_SECONDS });
  return run.decidedPerSecond;
}

/** Throws for unknown flags, for a rate or region that is none, and for settings that lib/config.ts refuses. */
export function capacityFlags(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: "string", default: "1000" },
      region: { type: "string", default: "eu-central-1" },
      stage: { type: "string" },
      context: { type: "string", short: "c", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  const { json, region, stage } = values;
  const rate = Number(values.rate);
  if (!(rate > 0 && rate <= 1_000_000))
    throw new RangeError(
      `--rate takes orders a second, above 0 and at most 1000000; received ${values.rate}.`,
    );
  if (!REGION_PATTERN.test(region))
    throw new RangeError(`--region takes an AWS region, such as eu-central-1; received ${region}.`);
  const context = { ...pairsOf(values.context), ...(stage !== undefined && { stage }) };
  return { rate, region, json, context, settings: readSettings(context) };
}

/** Custom metrics cost the same for any number of orders. */
export function monthlyUsd(rate: number, perMillion: readonly Line[]): { orders: number; metrics: number } {
  const ofOrders = perMillion.filter(({ price }) => price !== "customMetric");
  const metrics = perMillion.filter(({ price }) => price === "customMetric");
  return { orders: (totalUsd(ofOrders) * rate * SECONDS_A_MONTH) / 1e6, metrics: totalUsd(metrics) };
}

/** What `rate` costs in a month, by its parts. */
function costText(
  rate: number,
  { orders, metrics }: ReturnType<typeof monthlyUsd>,
  mailsUsd: number,
): string {
  const [all, ofOrders, ofMails, ofMetrics] = [orders + metrics, orders - mailsUsd, mailsUsd, metrics].map(
    (usd) => `$${count(usd < 10 ? usd : Math.round(usd))}`,
  );
  return (
    `A month at ${count(rate)} orders a second costs ${all}: mails ${ofMails}, custom metrics ${ofMetrics} at any rate, ` +
    `all else ${ofOrders} (prices of ${REGION}). The idle cost comes on top: npm run cost.`
  );
}

function limitText({ what, ordersPerSecond, because, remedy }: OrderLimit, rate: number): string {
  const breaks = ordersPerSecond < rate;
  const text = `${breaks ? "!" : " "} ${count(ordersPerSecond).padStart(9)}  ${what.padEnd(38)}${because}`;
  return breaks ? `${text}\n${" ".repeat(13)}→ ${remedy(rate)}` : text;
}

async function main(): Promise<void> {
  const { rate, region, json, context, settings } = scriptFlags(HELP, capacityFlags);
  const { inFullBatches: order } = countedOrders(fileURLToPath(new URL("../calls.json", import.meta.url)));
  const templates = templateLimits(context);
  const limits = orderLimits({
    order,
    templates,
    region,
    decided: await decidedPerSecond(context),
    mailRatePerSecond: settings.mailRatePerSecond,
  });
  const monthly = monthlyUsd(rate, perMillionOrders(order, deployed(context)));
  const usdAMonth = monthly.orders + monthly.metrics;
  if (json) {
    const listed = limits.map(({ remedy, ...limit }) => ({
      ...limit,
      ...(limit.ordersPerSecond < rate ? { remedy: remedy(rate) } : {}),
    }));
    process.stdout.write(
      `${JSON.stringify({ rate, region, stage: settings.stage, limits: listed, usdAMonth }, null, 2)}\n`,
    );
    return;
  }
  const [first] = limits;
  process.stdout.write(
    `${[
      `${count(rate)} orders a second in ${region}, stage ${settings.stage}: ${first === undefined || first.ordersPerSecond >= rate ? "no limit breaks" : `${first.what} breaks first, at ${count(first.ordersPerSecond)}`}`,
      `  ${"orders/s".padStart(9)}  limit`,
      ...limits.map((limit) => limitText(limit, rate)),
      "",
      costText(rate, monthly, (order.mails * rate * SECONDS_A_MONTH) / 1e4),
    ].join("\n")}\n`,
  );
}

if (import.meta.main) await main();
