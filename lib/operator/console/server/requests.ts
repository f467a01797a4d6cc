import type { IncomingMessage } from "node:http";
import { PATTERNS } from "../../../../functions/contract/patterns.ts";
import type { BreakRequest, EventRequest, MendRequest } from "../../observe/view-types.ts";
import { ConsoleError } from "./console-error.ts";

/** Parses queries and bodies of the page's requests. Each function throws ConsoleError 400. */

const MAX_MINUTES = 180;

/** The method to route by: HEAD is a GET whose body Node omits. */
export const methodOf = ({ method = "GET" }: IncomingMessage): string => (method === "HEAD" ? "GET" : method);

export function parseMinutes(query: URLSearchParams): number {
  const minutes = Number(query.get("minutes") ?? "30");
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_MINUTES) return minutes;
  throw invalid(
    `"minutes" must be a whole number from 1 to ${MAX_MINUTES}; received ${query.get("minutes")}.`,
  );
}

const ORDER_ID = new RegExp(PATTERNS.orderId.pattern);

export function parseOrderId(query: URLSearchParams): string {
  const orderId = query.get("orderId") ?? "";
  if (ORDER_ID.test(orderId)) return orderId;
  throw invalid(`An order id has 26 digits and capital letters; received "${orderId.slice(0, 64)}".`);
}

export function parseBreakRequest(body: Readonly<Record<string, unknown>>): BreakRequest {
  const { target, rate, forSeconds } = body;
  if (typeof target !== "string") throw invalid('"target" must be a string: the target to break.');
  return { target, ...optionalNumber("rate", rate), ...optionalNumber("forSeconds", forSeconds) };
}

export function parseEventRequest({ body, to }: Readonly<Record<string, unknown>>): EventRequest {
  if (typeof body !== "string") throw invalid('"body" must be a string: the event as JSON text.');
  if (to === undefined) return { body };
  if (typeof to !== "string") throw invalid('"to" must be a string: the name of a consumer.');
  return { body, to };
}

export function parseMendRequest({ target }: Readonly<Record<string, unknown>>): MendRequest {
  if (target === undefined) return {};
  if (typeof target !== "string") throw invalid('"target" must be a string: the target to mend.');
  return { target };
}

function optionalNumber(name: string, value: unknown): Readonly<Record<string, number>> {
  if (value === undefined) return {};
  if (typeof value === "number") return { [name]: value };
  throw invalid(`"${name}" must be a number; received ${typeof value}.`);
}

const invalid = (detail: string) => new ConsoleError(400, "INVALID_REQUEST", detail);
