import { expect, it } from "vitest";
import { line } from "../client.ts";
import { openOwnEmulator } from "../open-target.ts";
import { until } from "../until.ts";

const LIMIT = 3;

const { api } = await openOwnEmulator({ backlogLimit: String(LIMIT) });

it("a backlog over its limit refuses new orders and nothing else", async () => {
  await api.pause("order-created");
  const first = { lines: [line("tea")], key: "first" };
  const { body: accepted } = await api.place(first);

  // The length of the queue is read every five seconds.
  const refused = await until("an order is refused", async () => {
    const answer = await api.place({ lines: [line("tea")] });
    return answer.status === 202 ? undefined : answer;
  });
  const repeated = await api.place(first);
  const cancelled = await api.cancel(accepted.orderId);

  expect(refused).toMatchObject({ status: 503, body: { code: "BUSY" } });
  expect(refused.headers.get("retry-after")).toBe("30");
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(repeated).toMatchObject({ status: 202, body: { orderId: accepted.orderId, status: "PENDING" } });
  expect(cancelled).toMatchObject({ status: 200, body: { status: "CANCELLED" } });
});
