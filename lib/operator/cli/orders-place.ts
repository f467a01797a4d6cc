import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { LIMITS } from "../../../functions/contract/limits.ts";
import { type ApiAnswer, exchange, request, segment } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { isDeployment } from "./cli-target.ts";
import { type Command, type CommandContext, EXIT, textFlag, UsageError, wholeNumber } from "./command.ts";
import { amountText, linesText } from "./order-text.ts";
import { setStock } from "./stock-up.ts";

const DEFAULT_SKU = "tea";
const ENOUGH_STOCK = 1_000;
const POLL_MS = 4;
/** Long enough for a message that was retried with back-off a few times. */
const WAIT_MS = 60_000;

export const ordersPlace: Command = {
  name: "orders place",
  takes: "",
  summary: "place an order and watch it settle",
  flags: {
    sku: { type: "string" },
    quantity: { type: "string", default: "1" },
    price: { type: "string", default: "450" },
    currency: { type: "string", default: "EUR" },
    customer: { type: "string", default: "c-1" },
    email: { type: "string", default: "ada@example.com" },
    key: { type: "string" },
    "no-wait": { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
  },
  flagHelp: [
    `--sku S        what to order (default ${DEFAULT_SKU}, stocked first if it must; needed against a deployment)`,
    "--quantity N   how many (default 1)",
    "--price N      price of one in minor units (default 450)",
    "--currency C   (default EUR)",
    "--customer ID  (default c-1)",
    "--email A      where the mails go (default ada@example.com)",
    "--key K        Idempotency-Key: repeat it and the same order answers (default: a new one)",
    "--no-wait      do not wait until the order is settled",
    "--yes          needed against a deployment: the order takes stock, costs, and sends a mail",
  ],
  async run(context) {
    const sku = textFlag(context, "sku") ?? DEFAULT_SKU;
    const quantity = wholeNumber(context.flags["quantity"], "--quantity", 1, LIMITS.quantity);
    const unitPrice = wholeNumber(context.flags["price"], "--price", 0, LIMITS.unitPrice);
    refuseStrange(context);
    if (await isDeployment(context)) refuseUnmeant(context);
    if (context.flags["sku"] === undefined) await stockUp(context, sku, quantity);

    const startedAt = performance.now();
    const placed = await request(context, {
      method: "POST",
      path: "/orders",
      headers: { "Idempotency-Key": textFlag(context, "key") ?? randomUUID() },
      body: {
        customerId: textFlag(context, "customer"),
        contact: { email: textFlag(context, "email") },
        currency: textFlag(context, "currency"),
        lines: [{ sku, quantity, unitPrice }],
      },
    });
    const elapsed = () => Math.round(performance.now() - startedAt);
    show(context, placed, elapsed());
    const settled = context.flags["no-wait"] ? placed : await settle(context, placed, elapsed);
    if (context.json) context.write(`${JSON.stringify({ ...settled, elapsedMs: elapsed() })}\n`);
    return EXIT.ok;
  },
};

function refuseStrange(context: CommandContext): void {
  const email = textFlag(context, "email") ?? "";
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new UsageError(`--email is an address such as ada@example.com; received ${email}`);
  }
  const currency = textFlag(context, "currency") ?? "";
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new UsageError(`--currency is an ISO 4217 code such as EUR; received ${currency}`);
  }
}

/** An order of a deployment is somebody's: it is placed as it was asked for, and stock is never invented. */
function refuseUnmeant(context: CommandContext): void {
  if (context.flags["sku"] === undefined) throw new UsageError("an order of a deployment names its --sku");
  if (context.flags["yes"] !== true) {
    throw new UsageError("an order against a deployment takes stock and sends a mail: say --yes");
  }
}

/** Counts stock in where the SKU is unknown or short, so that a first order succeeds. */
async function stockUp(context: CommandContext, sku: string, quantity: number): Promise<void> {
  const { status, body } = await exchange(context, { path: `/stock/${segment(sku)}` });
  if (status === 200 && Number(body["available"]) >= quantity) return;
  const held = status === 200 ? Number(body["held"]) : 0;
  await setStock(context, sku, held + Math.max(ENOUGH_STOCK, quantity));
}

async function settle(
  context: CommandContext,
  placed: ApiAnswer["body"],
  elapsed: () => number,
): Promise<ApiAnswer["body"]> {
  const path = `/orders/${segment(String(placed["orderId"]))}`;
  let order = placed;
  while (order["status"] === "PENDING") {
    if (elapsed() > WAIT_MS) {
      throw new RequestError(
        `the order is still PENDING after ${WAIT_MS / 1000} s; it is not lost:  order-events orders show ${placed["orderId"]}`,
      );
    }
    await wait(POLL_MS);
    order = await request(context, { path });
    if (order["status"] !== "PENDING") show(context, order, elapsed());
  }
  return order;
}

function show({ json, write }: CommandContext, order: ApiAnswer["body"], elapsedMs: number): void {
  if (json) return;
  const { status, orderId, lines, amount } = order;
  write(
    `${String(status).padEnd(10)}${`${elapsedMs} ms`.padStart(9)}   ${orderId}  ${linesText(lines)}  ${amountText(amount)}\n`,
  );
}
