import { randomUUID } from "node:crypto";
import { ENV, SERVICE } from "../../contract/names.ts";
import type { AuditAct } from "../../middleware/audit.ts";
import { systemClock } from "../../middleware/clock.ts";
import { emfLine, writeToStdout } from "../../middleware/metrics.ts";

type Name = keyof typeof ENV;

/** The named environment variables. Throws one error with all missing names. */
export function environment<const N extends Name>(...names: readonly N[]): Readonly<Record<N, string>> {
  const missing = names.filter((name) => !process.env[ENV[name]]).map((name) => ENV[name]);
  if (missing.length > 0) throw new Error(`Missing environment variables: ${missing.join(", ")}.`);
  return Object.fromEntries(names.map((name) => [name, process.env[ENV[name]] ?? ""])) as Record<N, string>;
}

/** A variable that may be absent. */
export function optionalVariable(name: Name): string | undefined {
  return process.env[ENV[name]] || undefined;
}

/** A variable that holds a non-negative integer, or `otherwise` where it is absent. */
export function integerVariable(name: Name, otherwise: number): number {
  const text = optionalVariable(name);
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text))
    throw new Error(`${ENV[name]} must be a non-negative integer; received "${text}".`);
  return Number(text);
}

export const clock = systemClock;
export const newId = (): string => randomUUID();

export const write = writeToStdout;

/** Writes a line of this kind for each act. */
export function auditAs(audit: "operator" | "dead-letters" | "rabbitmq-dead-letters"): AuditAct {
  return (act) => write(`${JSON.stringify({ audit, at: clock.now(), ...act })}\n`);
}

/** Counts in a metric of the service. */
export const count =
  (metric: string) =>
  (amount = 1): void =>
    write(
      emfLine({
        namespace: SERVICE,
        at: clock.now(),
        dimensions: { service: serviceOptions.service },
        dimensionSets: [["service"]],
        counts: { [metric]: amount },
      }),
    );

/** Options that consumers and schedules of this service share. */
export const serviceOptions = {
  clock,
  namespace: SERVICE,
  service: optionalVariable("service") ?? SERVICE,
  write,
} as const;
