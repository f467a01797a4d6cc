import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { declarationOf, QUEUE_CONSUMERS } from "../../../functions/consumers/consumers.ts";
import { ORDERS_BY_CUSTOMER } from "../../../functions/contract/names.ts";
import type { EventType } from "../../../functions/contract/order-status.ts";
import { readSettings } from "../../../lib/config.ts";
import { emptyBundles } from "../../../lib/constructs/bundle.ts";
import { scriptFlags } from "../../../lib/script-flags.ts";
import { describeIdleCost, kafkaIdleCost } from "../../../lib/settings/broker-price.ts";
import { pairsOf } from "../../../lib/settings/read-setting.ts";
import { addOrderEvents, newApp } from "../../../lib/stacks/build-stacks.ts";
import { atRest, type Deployed, perMillionOrders } from "./cost-model.ts";
import { FULL_BATCH } from "./drive-orders.ts";
import { countedOrders, type OrderCalls } from "./order-calls.ts";
import { type Line, PRICES, REGION, totalUsd, usdOf } from "./prices.ts";

const HELP = `npm run cost -- [flags]: cost of a stage at rest and per order, from its templates and counted calls

  --stage S      the stage (default dev)
  -c name=value  a setting of lib/config.ts; may be given more than once
  --json         the numbers as JSON
  --help         this text
`;

interface CfnResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Counts the resources with an idle cost in the templates of a stage. */
export function deployed(context: Readonly<Record<string, string>>): Deployed {
  const { app } = addOrderEvents(newApp({ context }), emptyBundles());
  const resources = app
    .synth()
    .stacks.flatMap(({ template }) => Object.values<CfnResource>(template.Resources));
  const of = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties ?? {});
  const largest = (type: string, property: string) =>
    Math.max(0, ...of(type).map(({ [property]: value }) => Number(value)));
  return {
    alarms: of("AWS::CloudWatch::Alarm").length,
    queueMappings: of("AWS::Lambda::EventSourceMapping").filter((each) => !("StartingPosition" in each))
      .length,
    eachMinute: of("AWS::Events::Rule").length,
    memoryGb: largest("AWS::Lambda::Function", "MemorySize") / 1_024,
    logGroups: of("AWS::Logs::LogGroup").length,
    logRetentionDays: largest("AWS::Logs::LogGroup", "RetentionInDays"),
    customerIndexes: of("AWS::DynamoDB::Table")
      .flatMap(({ GlobalSecondaryIndexes: indexes = [] }) => indexes as readonly { IndexName: string }[])
      .filter(({ IndexName }) => IndexName === ORDERS_BY_CUSTOMER.indexName).length,
  };
}

function table(title: string, lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const { unit } = PRICES[line.price];
    const quantity = line.quantity.toLocaleString("en-US", { maximumFractionDigits: 2 });
    return `  ${line.what.padEnd(28)}${quantity.padStart(14)} ${unit.padEnd(26)}${dollars(usdOf(line))}`;
  });
  return [title, ...rows, `  ${"sum".padEnd(69)}${dollars(totalUsd(lines))}`].join("\n");
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`.padStart(10);
}

function callsTable({ calls, source }: OrderCalls): string {
  const rows = Object.entries(calls).map(
    ([name, count]) => `  ${name.padEnd(42)}${count.toFixed(2).padStart(8)}`,
  );
  const sum = Object.values(calls).reduce((total, count) => total + count, 0);
  return [
    `Calls of one order, from POST to its mail (${source})`,
    ...rows,
    `  ${"sum".padEnd(42)}${sum.toFixed(2).padStart(8)}`,
  ].join("\n");
}

/** What the counted calls lack: consumers that were declared since. */
export function uncounted({ invocations }: OrderCalls): readonly string[] {
  const missing = QUEUE_CONSUMERS.filter(
    (name) =>
      invocations[name] === undefined && declarationOf(name).on.some((type) => OF_EACH_ORDER.has(type)),
  );
  if (missing.length === 0) return [];
  return [`Not in these calls: ${missing.join(", ")}. npm run bench counts them.`];
}

/** The events of an order that is confirmed, as the counted ones are. */
const OF_EACH_ORDER: ReadonlySet<EventType> = new Set(["order.created", "order.confirmed"]);

/** Throws for unknown flags and for settings that lib/config.ts refuses. */
export function costFlags(args: readonly string[]) {
  const {
    json,
    stage,
    context: given,
  } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      stage: { type: "string" },
      context: { type: "string", short: "c", multiple: true, default: [] },
    },
  }).values;
  const context = { ...pairsOf(given), ...(stage !== undefined && { stage }) };
  return { json, context, settings: readSettings(context) };
}

function main(): void {
  const { json, context, settings } = scriptFlags(HELP, costFlags);
  const { stage } = settings;
  const orders = countedOrders(fileURLToPath(new URL("calls.json", import.meta.url)));
  const counted = deployed(context);
  const rest = atRest(counted);
  const million = perMillionOrders(orders.inFullBatches, counted);
  const oneByOne = perMillionOrders(orders.oneByOne, counted);
  if (json) {
    const priced = (lines: readonly Line[]) => ({
      lines: lines.map((line) => ({ ...line, usd: usdOf(line) })),
      usd: totalUsd(lines),
    });
    const report = { region: REGION, stage, deployed: counted, orders, kafka: kafkaIdleCost(settings) };
    process.stdout.write(
      `${JSON.stringify({ ...report, atRest: priced(rest), perMillion: priced(million), perMillionOneByOne: priced(oneByOne) }, null, 2)}\n`,
    );
    return;
  }
  const { logGroups, logRetentionDays } = counted;
  process.stdout.write(
    [
      `Prices of ${REGION} without free tiers; stage ${stage}, counted in its templates.`,
      table("A month without an order", rest),
      ...(settings.backbones.includes("kafka") ? [describeIdleCost(settings).trim()] : []),
      table(`A million orders in a month add, in batches of ${FULL_BATCH}`, million),
      table("The same one by one, as below an order a second", oneByOne),
      callsTable(orders.inFullBatches),
      ...uncounted(orders.inFullBatches),
      `Logs: ${logGroups} groups, kept ${logRetentionDays} days.`,
      "Not counted: storage, point-in-time recovery ($0.20 a GB), data transfer, the dashboard (three are free).",
      "",
    ].join("\n\n"),
  );
}

if (import.meta.main) main();
