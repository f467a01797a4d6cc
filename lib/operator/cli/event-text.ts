import { readFile } from "node:fs/promises";
import { eventIdOf } from "../../../functions/contract/order-status.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { randomOrderId } from "../../random-order-id.ts";
import { printableLine } from "../../terminal-text.ts";
import { CATALOGUE, type CatalogueEvent, eventNamed } from "../events/catalogue.ts";
import { checkedEvent } from "../events/event-faults.ts";
import { call } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import {
  type CommandContext,
  type Flags,
  oneOf,
  onlyArgument,
  orderFlag,
  textFlag,
  UsageError,
} from "./command.ts";

/** Flags of the commands that make an event. */
export const EVENT_FLAGS: Flags = {
  order: { type: "string", value: "orderId", help: "Fill the event from this order (default: a new id)" },
  data: { type: "string", value: "json", help: "The whole event in place of the example" },
  file: { type: "string", value: "path", help: "File with the whole event in place of the example" },
};

const TYPES = CATALOGUE.events.map(({ type }) => type);

/** The type that a command is about. */
export function eventType(context: CommandContext): CatalogueEvent {
  const type = oneOf(onlyArgument(context, "<type>"), "<type>", TYPES);
  const found = eventNamed(type);
  if (found === undefined) throw new UsageError(`there is no event ${type}`);
  return found;
}

/** The text of a valid event of the type. Rejects with UsageError or RequestError. */
export async function eventText(context: CommandContext, { type, example }: CatalogueEvent): Promise<string> {
  const order = orderFlag(context);
  const [data, file] = ["data", "file"].map((name) => textFlag(context, name));
  if ([order, data, file].filter((value) => value !== undefined).length > 1)
    throw new UsageError("--order, --data and --file exclude each other");
  const text =
    data ??
    (file === undefined
      ? JSON.stringify(await exampleFor(context, type, example, order), null, 2)
      : await readText(file));
  const checked = checkedEvent(text);
  if (checked.kind === "fault") throw new RequestError(printableLine(checked.detail));
  if (checked.event.type !== type)
    throw new RequestError(printableLine(`the event has the type ${checked.event.type}, not ${type}`));
  return text;
}

async function exampleFor(
  context: CommandContext,
  type: OrderEvent["type"],
  example: OrderEvent,
  orderId: string | undefined,
): Promise<OrderEvent> {
  const time = new Date().toISOString();
  if (orderId === undefined) {
    const subject = randomOrderId();
    return { ...example, id: eventIdOf(subject, example.data.orderVersion, type), subject, time };
  }
  const order = await call(context, "GET /orders/{orderId}", { orderId });
  // The first event has the version 1; of a later one the row holds the version of the latest.
  const orderVersion = example.data.orderVersion === 1 ? 1 : order.version;
  const { customerId, lines, amount, reason } = order;
  return {
    ...example,
    id: eventIdOf(order.orderId, orderVersion, type),
    subject: order.orderId,
    time,
    data: { customerId, orderVersion, lines, amount, ...(reason === undefined ? {} : { reason }) },
  };
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new RequestError(`${printableLine(file)} cannot be read`, { cause });
  });
}
