import { randomUUID } from "node:crypto";
import { LIMITS } from "../../../functions/contract/limits.ts";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { call, exchange } from "../target/api-client.ts";
import { isDeployment } from "./cli-target.ts";
import { type Command, type CommandContext, EXIT, textFlag, UsageError, wholeNumber } from "./command.ts";
import { amountText, linesText } from "./order-text.ts";
import { putStock } from "./put-stock.ts";
import { untilDecided } from "./until-decided.ts";

const DEFAULT_SKU = "tea";
const ENOUGH_STOCK = 1_000;

export const ordersPlace: Command = {
  name: "orders place",
  takes: "",
  summary: "Place an order and wait until it is confirmed or rejected",
  flags: {
    sku: {
      type: "string",
      value: "sku",
      help: `SKU to order; required for a deployment (default: ${DEFAULT_SKU}). Without --sku the stock is set if too low`,
    },
    quantity: { type: "string", default: "1", value: "number", help: "Quantity" },
    price: { type: "string", default: "450", value: "number", help: "Unit price in minor units" },
    currency: { type: "string", default: "EUR", value: "code", help: "ISO 4217 code" },
    customer: { type: "string", default: "c-1", value: "id", help: "Customer id" },
    email: { type: "string", default: "ada@example.com", value: "address", help: "Address for the mails" },
    key: {
      type: "string",
      value: "text",
      help: "Idempotency-Key: the same key returns the same order (default: a random key)",
    },
    "no-wait": { type: "boolean", default: false, help: "Return as soon as the order is accepted" },
    yes: {
      type: "boolean",
      default: false,
      help: "Required for a deployment: the order takes stock, costs money and sends a mail",
    },
  },
  example: "orders place --sku tea --quantity 2",
  async run(context) {
    const sku = textFlag(context, "sku") ?? DEFAULT_SKU;
    const quantity = wholeNumber(context.flags["quantity"], "--quantity", 1, LIMITS.quantity);
    const unitPrice = wholeNumber(context.flags["price"], "--price", 0, LIMITS.unitPrice);
    const { email, currency } = contactAndCurrency(context);
    if (await isDeployment(context)) requireConfirmation(context);
    if (context.flags["sku"] === undefined) await ensureStock(context, sku, quantity);

    const startedAt = performance.now();
    const placed = await call(context, "POST /orders", {
      headers: { "Idempotency-Key": textFlag(context, "key") ?? randomUUID() },
      body: {
        customerId: textFlag(context, "customer") ?? "",
        contact: { email },
        currency,
        lines: [{ sku, quantity, unitPrice }],
      },
    });
    const elapsed = () => Math.round(performance.now() - startedAt);
    printStatus(context, placed, elapsed());
    const order = context.flags["no-wait"] ? placed : await untilDecided(context, placed);
    if (order !== placed) printStatus(context, order, elapsed());
    if (context.json) context.write(`${JSON.stringify({ ...order, elapsedMs: elapsed() })}\n`);
    return EXIT.ok;
  },
};

/** Throws UsageError for what the API would refuse. */
function contactAndCurrency(context: CommandContext) {
  const email = textFlag(context, "email") ?? "";
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new UsageError(`--email must be an address such as ada@example.com; received ${email}`);
  }
  const currency = textFlag(context, "currency") ?? "";
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new UsageError(`--currency must be an ISO 4217 code such as EUR; received ${currency}`);
  }
  return { email, currency };
}

/** An order in a deployment has real effects: it needs an explicit SKU, and stock is never set for it. */
function requireConfirmation(context: CommandContext): void {
  if (context.flags["sku"] === undefined) throw new UsageError("an order in a deployment: --sku is required");
  if (context.flags["yes"] !== true) {
    throw new UsageError("an order in a deployment takes stock and sends a mail: --yes is required");
  }
}

/** Sets the stock of an unknown or short SKU, so that a first order succeeds. */
async function ensureStock(context: CommandContext, sku: string, quantity: number): Promise<void> {
  const { isSuccess, body } = await exchange(context, "GET /stock/{sku}", { sku });
  if (isSuccess && body.available >= quantity) return;
  const held = isSuccess ? body.held : 0;
  await putStock(context, sku, held + Math.max(ENOUGH_STOCK, quantity));
}

function printStatus({ json, write }: CommandContext, order: OrderView, elapsedMs: number): void {
  if (json) return;
  const { status, orderId, lines, amount } = order;
  write(
    `${status.padEnd(10)}${`${elapsedMs} ms`.padStart(9)}   ${orderId}  ${linesText(lines)}  ${amountText(amount)}\n`,
  );
}
