import type { IncomingMessage } from "node:http";
import type { BreakRequest, MendRequest } from "../../observe/view-types.ts";
import { ConsoleError } from "./console-error.ts";

/** What the page may ask for, read from queries and bodies. Each throws ConsoleError 400. */

const MOST_MINUTES = 180;

/** What is asked for: a HEAD is a GET whose answer Node sends without its body. */
export const methodOf = ({ method = "GET" }: IncomingMessage): string => (method === "HEAD" ? "GET" : method);

export function minutesOf(query: URLSearchParams): number {
  const minutes = Number(query.get("minutes") ?? "30");
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= MOST_MINUTES) return minutes;
  throw wrong(`"minutes" is a whole number from 1 to ${MOST_MINUTES}; received ${query.get("minutes")}.`);
}

export function orderIdOf(query: URLSearchParams): string {
  const orderId = query.get("orderId") ?? "";
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/.test(orderId)) return orderId;
  throw wrong(`An order's id has 26 digits and capitals; received "${orderId.slice(0, 64)}".`);
}

export function breakRequest(body: Readonly<Record<string, unknown>>): BreakRequest {
  const { target, rate, forSeconds } = body;
  if (typeof target !== "string") throw wrong('Name the "target" to break.');
  return { target, ...numberAt("rate", rate), ...numberAt("forSeconds", forSeconds) };
}

export function mendRequest({ target }: Readonly<Record<string, unknown>>): MendRequest {
  if (target === undefined) return {};
  if (typeof target !== "string") throw wrong('"target" is the name of what is to be mended.');
  return { target };
}

function numberAt(name: string, value: unknown): Readonly<Record<string, number>> {
  if (value === undefined) return {};
  if (typeof value === "number") return { [name]: value };
  throw wrong(`"${name}" is a number; received ${typeof value}.`);
}

const wrong = (detail: string) => new ConsoleError(400, "INVALID_REQUEST", detail);
