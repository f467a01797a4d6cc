import type { OrderList } from "../../../functions/contract/operator-answers.ts";
import { STATUSES } from "../../../functions/contract/order-status.ts";
import { searchCost } from "../observe/search-cost.ts";
import { call } from "../target/api-client.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  oneOf,
  refuseArguments,
  textFlag,
  UsageError,
  wholeNumber,
} from "./command.ts";
import { checkTime } from "./filter-flags.ts";
import { table } from "./format-table.ts";
import { amountText } from "./order-text.ts";

const LIMIT = 50;
const MAX_LIMIT = 10_000;
/** The most that the API returns at once. */
const PAGE = 100;

export const ordersList: Command = {
  name: "orders list",
  takes: "",
  summary: "Find orders by customer, status and time",
  details: [
    "An index serves --status PENDING, and --customer with the setting ordersByCustomer. Any other search reads the",
    "table in pages of about 1,000 read units each, of which --pages limits the number. The last line names the cost.",
    "Orders found without an index are in no order of time, and --limit does not select the latest.",
  ],
  flags: {
    customer: { type: "string", value: "customerId", help: "Only orders of this customer" },
    status: { type: "string", value: "status", help: `One of ${STATUSES.join(", ")}` },
    from: {
      type: "string",
      value: "time",
      help: "Placed at this time or later, such as 2026-01-31T12:00:00Z",
    },
    to: { type: "string", value: "time", help: "Placed at this time or earlier" },
    limit: { type: "string", default: String(LIMIT), value: "number", help: `Orders, up to ${MAX_LIMIT}` },
    pages: { type: "string", default: "1", value: "number", help: "Requests to the API at most" },
    cursor: { type: "string", value: "cursor", help: "Continue behind an earlier list, whose end prints it" },
  },
  example: "orders list --status PENDING",
  async run(context) {
    refuseArguments(context);
    const filter = filterFrom(context);
    const limit = wholeNumber(context.flags["limit"], "--limit", 1, MAX_LIMIT);
    const pages = wholeNumber(context.flags["pages"], "--pages", 1, 1_000);
    const items: OrderList["items"][number][] = [];
    let readUnits = 0;
    let cursor = textFlag(context, "cursor");
    let page: OrderList | undefined;
    for (let read = 0; read < pages && items.length < limit && (read === 0 || cursor !== undefined); read++) {
      const query = { ...filter, limit: Math.min(PAGE, limit - items.length), cursor };
      page = await call(context, "GET /orders", { query });
      items.push(...page.items);
      readUnits += page.readUnits;
      cursor = page.cursor;
      context.progress(`${items.length} found, ${Math.ceil(readUnits)} read units`);
    }
    context.progress("");
    if (context.json) context.write(`${JSON.stringify({ items, readUnits, ...(cursor && { cursor }) })}\n`);
    else context.write(listText(items, context.columns));
    const order = page?.foundBy === "scan" && items.length > 1 ? "; not sorted by time" : "";
    const more = cursor === undefined ? "" : `; there may be more:  --cursor '${cursor}'`;
    if (page !== undefined)
      context.note(`${searchCost(items.length, { ...page, readUnits })}${order}${more}`);
    return EXIT.ok;
  },
};

function filterFrom(context: CommandContext): Record<string, string> {
  const customerId = textFlag(context, "customer");
  const status = textFlag(context, "status");
  if (customerId?.trim() === "") throw new UsageError("--customer must be the id of a customer");
  const times = (["from", "to"] as const).flatMap((name) => {
    const text = textFlag(context, name);
    if (text !== undefined) checkTime(text, `--${name}`);
    return text === undefined ? [] : [[name, text] as const];
  });
  const { from, to } = Object.fromEntries(times);
  if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to))
    throw new UsageError("--from must not be later than --to");
  return {
    ...(customerId !== undefined && { customerId }),
    ...(status !== undefined && { status: oneOf(status, "--status", STATUSES) }),
    ...Object.fromEntries(times),
  };
}

function listText(items: OrderList["items"], columns: number | undefined): string {
  if (items.length === 0) return "no orders found\n";
  const rows = items.map(({ orderId, status, customerId, amount, createdAt }) => [
    orderId,
    status,
    customerId,
    amountText(amount),
    createdAt,
  ]);
  return table(["ORDER", "STATUS", "CUSTOMER", "AMOUNT", "PLACED"], rows, columns);
}
