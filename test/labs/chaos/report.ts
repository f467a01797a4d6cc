import { mkdir, writeFile } from "node:fs/promises";
import type { Totals } from "./accounting.ts";
import { SERVICES, type Service } from "./calls.ts";
import type { Check } from "./final-state.ts";

export interface Report {
  readonly orders: number;
  readonly rate: number;
  readonly seed: number;
  readonly seconds: { readonly start: number; readonly storm: number; readonly quiet: number };
  readonly requests: number;
  readonly requestsAgain: number;
  readonly cancels: number;
  readonly stockCounts: number;
  readonly poisons: number;
  readonly copies: number;
  /** Calls that passed each boundary, and strikes by kind. */
  readonly calls: Readonly<Record<Service, Readonly<Record<string, number>>>>;
  readonly invocations: number;
  readonly invocationErrors: number;
  readonly totals: Totals;
  readonly checks: readonly (Check & { readonly passed: boolean })[];
}

const SHOWN_BREACHES = 10;

export function textOf(report: Report): string {
  const { seconds, totals } = report;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(", ") || "none";
  const failed = report.checks.filter(({ passed }) => !passed).length;
  const lines = [
    `${report.orders} orders, ${Number((report.rate * 100).toFixed(2))} % of the calls fail on every boundary, seed ${report.seed}`,
    `start ${seconds.start.toFixed(1)} s, storm ${seconds.storm.toFixed(1)} s, until at rest ${seconds.quiet.toFixed(1)} s`,
    "",
    "The storm",
    `  requests     ${report.requests}, ${report.requestsAgain} of them repeated by clients`,
    `  also         ${report.cancels} orders cancelled, stock counted ${report.stockCounts} times, ${report.poisons} poisons and ${report.copies} duplicates sent`,
    `  functions    ${report.invocations} invocations, ${report.invocationErrors} failed or killed`,
    ...SERVICES.map((service) => `  ${service.padEnd(13)}${list(report.calls[service])}`),
    "",
    "Where everything is",
    `  orders       ${list(totals.orders)}`,
    `  events       ${totals.events}: ${list(totals.places)}`,
    `  mails        ${totals.mails}`,
    `  store        ${list(totals.store)}`,
    `  store, open  ${list(totals.open)}`,
    `  ${totals.accepted} accepted, ${totals.lost} lost, ${totals.doubled} doubled`,
    "",
    "The accounting",
    ...report.checks.flatMap(({ name, looked, breaches, passed }) => [
      `  ${passed ? "PASS" : "FAIL"}  ${name} (${looked})`,
      ...breaches.slice(0, SHOWN_BREACHES).map((breach) => `          ${breach}`),
      ...(breaches.length > SHOWN_BREACHES
        ? [`          … and ${breaches.length - SHOWN_BREACHES} more`]
        : []),
    ]),
    "",
    `${report.checks.length - failed} passed, ${failed} failed`,
  ];
  return `${lines.join("\n")}\n`;
}

export async function keepReport(folder: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/chaos.txt`, textOf(report));
  await writeFile(`${folder}/chaos.json`, `${JSON.stringify(report, null, 2)}\n`);
}
