import { mkdir, writeFile } from "node:fs/promises";
import type { Totals } from "./accounting.ts";
import { SERVICES, type Service } from "./calls.ts";
import type { Check } from "./final-state.ts";

export interface Report {
  readonly orders: number;
  readonly rate: number;
  readonly seed: number;
  readonly seconds: { readonly start: number; readonly load: number; readonly rest: number };
  readonly requests: number;
  readonly requestsRepeated: number;
  readonly cancels: number;
  readonly stockCounts: number;
  readonly poisons: number;
  readonly duplicates: number;
  /** Calls of each boundary, and faults by kind. */
  readonly calls: Readonly<Record<Service, Readonly<Record<string, number>>>>;
  readonly invocations: number;
  readonly invocationErrors: number;
  readonly totals: Totals;
  readonly checks: readonly (Check & { readonly passed: boolean })[];
}

const SHOWN_VIOLATIONS = 10;

export function textOf(report: Report): string {
  const { seconds, totals } = report;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(", ") || "none";
  const failed = report.checks.filter(({ passed }) => !passed).length;
  const lines = [
    `${report.orders} orders, ${Number((report.rate * 100).toFixed(2))} % of the calls fail on every boundary, seed ${report.seed}`,
    `start ${seconds.start.toFixed(1)} s, load ${seconds.load.toFixed(1)} s, until at rest ${seconds.rest.toFixed(1)} s`,
    "",
    "Load under faults",
    `  requests     ${report.requests}, ${report.requestsRepeated} of them repeated by clients`,
    `  also         ${report.cancels} orders cancelled, stock counted ${report.stockCounts} times, ${report.poisons} poisons and ${report.duplicates} duplicates sent`,
    `  functions    ${report.invocations} invocations, ${report.invocationErrors} failed or killed`,
    ...SERVICES.map((service) => `  ${service.padEnd(13)}${list(report.calls[service])}`),
    "",
    "Final state",
    `  orders       ${list(totals.orders)}`,
    `  events       ${totals.events}: ${list(totals.locations)}`,
    `  mails        ${totals.mails}`,
    `  store        ${list(totals.store)}`,
    `  store, open  ${list(totals.open)}`,
    `  ${totals.accepted} accepted, ${totals.lost} lost, ${totals.duplicated} duplicated`,
    "",
    "Accounting",
    ...report.checks.flatMap(({ name, examined, violations, passed }) => [
      `  ${passed ? "PASS" : "FAIL"}  ${name} (${examined})`,
      ...violations.slice(0, SHOWN_VIOLATIONS).map((violation) => `          ${violation}`),
      ...(violations.length > SHOWN_VIOLATIONS
        ? [`          … and ${violations.length - SHOWN_VIOLATIONS} more`]
        : []),
    ]),
    "",
    `${report.checks.length - failed} passed, ${failed} failed`,
  ];
  return `${lines.join("\n")}\n`;
}

export async function saveReport(folder: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/chaos.txt`, textOf(report));
  await writeFile(`${folder}/chaos.json`, `${JSON.stringify(report, null, 2)}\n`);
}
