import { eventIdOf } from "../../../functions/contract/order-status.ts";
import { ruleOf } from "../../../functions/contract/patterns.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { isOrderEvent } from "../../../functions/contract/validators.js";

export type CheckedEvent =
  | { readonly kind: "event"; readonly event: OrderEvent }
  /** Why a consumer would park it, with the place. */
  | { readonly kind: "fault"; readonly detail: string };

/** Checks a text as consumers do. Never throws. */
export function checkedEvent(text: string): CheckedEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      kind: "fault",
      detail: `The event is not JSON: ${error instanceof Error ? error.message : error}`,
    };
  }
  if (!isOrderEvent(value)) return { kind: "fault", detail: faultOf(isOrderEvent.errors?.[0]) };
  const { id, subject, type, data } = value;
  const expected = eventIdOf(subject, data.orderVersion, type);
  return id === expected
    ? { kind: "event", event: value }
    : { kind: "fault", detail: `/id must be <subject>:<data.orderVersion>:<type>, here ${expected}` };
}

interface SchemaFault {
  readonly instancePath?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

function faultOf({ instancePath = "", message = "is not valid", params = {} }: SchemaFault = {}): string {
  const rule = ruleOf(params["pattern"]);
  const allowed = Array.isArray(params["allowedValues"]) ? `: ${params["allowedValues"].join(", ")}` : "";
  return `${instancePath || "The event"} ${rule === undefined ? `${message}${allowed}` : `must ${rule}`}`;
}
