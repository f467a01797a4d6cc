import { expect, it } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import type { MetricTotals } from "../../../lib/emulator/metrics/metric-store.ts";
import { line } from "../client.ts";
import { openOwnEmulator } from "../open-target.ts";
import { until, untilTrue } from "../until.ts";

const ORDERS = 60;
/** Of SES, and the default of the setting mailRatePerSecond. */
const MAILS_PER_SECOND = 14;

const { target, api } = await openOwnEmulator(
  { throttleRate: "20", throttleBurst: "20" },
  { quotas: "eu-central-1" },
);

async function total(name: string): Promise<number> {
  const totals = (await (await fetch(`${target.url}/_emulator/metrics`)).json()) as readonly MetricTotals[];
  return totals.find(({ id }) => id.name === name)?.sum ?? 0;
}

it("a burst of mails is sent at the rate of SES, and requests above the throttle are counted", async () => {
  await api.stockUp("tea", 1_000);
  const place = (key: string) =>
    until(`${key} is accepted`, async () => {
      const { status } = await api.place({ lines: [line("tea")], key });
      return status === 202 ? status : undefined;
    });
  const began = performance.now();

  await Promise.all(Array.from({ length: ORDERS }, (_, i) => place(`burst-${i}`)));
  await untilTrue("every mail is sent", async () => (await target.mails()).length >= ORDERS);
  const seconds = (performance.now() - began) / 1_000;

  expect(await target.mails()).toHaveLength(ORDERS);
  expect(seconds).toBeGreaterThan(ORDERS / MAILS_PER_SECOND - 1);
  const open = await api.call("GET /failed-messages");
  expect(open.body.items).toEqual([]);
  expect((await target.logs()).filter((text) => text.includes("postponed"))).toEqual([]);
  expect(await total(METRICS.apiThrottled)).toBeGreaterThan(0);
});
