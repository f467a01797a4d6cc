import { PROBLEMS } from "../../../../functions/contract/errors.ts";
import type { ProxyResult } from "../../../../functions/middleware/http.ts";
import { CANARY } from "../cloud/mailbox.ts";
import { assertInvariant } from "../violation.ts";

/**
 * API: each response is a success or problem details with a stable code, and an outage is never an internal error.
 * I19: no response holds personal data.
 */
export function checkResponse({ statusCode, headers, body }: ProxyResult): void {
  assertInvariant(!body.includes(CANARY), "I19", () => `an address is in a response: ${body}`);
  if (statusCode < 300) return;
  const { code, status } = JSON.parse(body) as {
    readonly code: keyof typeof PROBLEMS;
    readonly status: number;
  };
  const isProblem = headers["content-type"] === "application/problem+json";
  const isKnown = isProblem && status === statusCode && PROBLEMS[code]?.status === statusCode;
  assertInvariant(isKnown, "API", () => `an error was answered with ${statusCode} ${body}`);
  assertInvariant(statusCode !== 500, "API", () => `an unexpected error: ${body}`);
}
