import { expect, test } from "vitest";
import { mailPace } from "../../../functions/orders/mail-pace.ts";
import { mailConcurrency, mailIntervalMs, mostMails } from "../../../lib/settings/mail-rate.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";

test("a pace starts one mail each interval, over all callers, and no burst after a rest", async () => {
  const clock = fakeClock();
  const pace = mailPace(clock, 100);
  const began = clock.now();
  const at: number[] = [];
  const next = async () => {
    await pace.next(began + 60_000);
    at.push(clock.now() - began);
  };

  for (let i = 0; i < 3; i++) await next();
  clock.advance(5_000);
  for (let i = 0; i < 3; i++) await next();

  expect(at).toEqual([0, 100, 200, 5_200, 5_300, 5_400]);
});

test("a pace refuses a time at or behind the limit, without waiting", async () => {
  const clock = fakeClock();
  const pace = mailPace(clock, 1_000);
  const began = clock.now();

  const answers = [await pace.next(began + 1_000), await pace.next(began + 1_000)];

  expect(answers).toEqual([true, false]);
  expect(clock.now()).toBe(began);
});

test("a pause delays the next mail, and a clock that was set back ends it", async () => {
  const clock = fakeClock();
  const pace = mailPace(clock, 10);
  const began = clock.now();
  pace.holdOff(2_000);

  expect(await pace.next(began + 1_000)).toBe(false);
  clock.advance(-60_000);
  expect(await pace.next(began - 50_000)).toBe(true);
});

test.each([1, 2, 5, 14, 50, 200, 1_000])(
  "at %i mails a second all invocations together keep the rate, and each sends its batch in time",
  (mailRatePerSecond) => {
    const concurrency = mailConcurrency({ mailRatePerSecond });
    const intervalMs = mailIntervalMs({ mailRatePerSecond });

    const together = (1_000 / intervalMs) * concurrency;
    expect(together).toBeLessThanOrEqual(mailRatePerSecond);
    expect(together).toBeGreaterThan(0.9 * mailRatePerSecond);
    expect(concurrency).toBeGreaterThanOrEqual(2);
    expect(mostMails({ mailRatePerSecond }, 30) * intervalMs).toBeLessThan(30_000);
    expect(mostMails({ mailRatePerSecond }, 5)).toBeGreaterThanOrEqual(1);
  },
);
