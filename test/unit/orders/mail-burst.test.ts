import { expect, test } from "vitest";
import { consumer } from "../../../functions/middleware/consumer.ts";
import { type PostponedMessage, type SqsRecord, sqs } from "../../../functions/middleware/transports/sqs.ts";
import { decodeEvent } from "../../../functions/orders/decode-event.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import { mailPace, sharedMailPace } from "../../../functions/orders/mail-pace.ts";
import { sendNotifications } from "../../../functions/orders/send-notifications.ts";
import { readingOf, readSettings } from "../../../lib/config.ts";
import { mailIntervalMs, sharedMailIntervalMs } from "../../../lib/settings/mail-rate.ts";
import { failureNotes } from "../../fakes/failure-notes.ts";
import { memoryMailSlots } from "../../fakes/memory-mail-slots.ts";
import { memoryTables } from "../../fakes/memory-tables.ts";
import { NOW, order } from "../../fixtures/events.ts";
import { sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

/** What happens at a time; the earliest is first. Time passes only between two of them. */
function timeline() {
  const waiting: { at: number; run: () => void }[] = [];
  let now = NOW;
  return {
    now: () => now,
    at(time: number, run: () => void) {
      let [low, high] = [0, waiting.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((waiting[middle]?.at ?? 0) >= time) low = middle + 1;
        else high = middle;
      }
      waiting.splice(low, 0, { at: time, run });
    },
    async run() {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        now = Math.max(now, next.at);
        next.run();
        // All that follows from it, which is a chain of promises.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

interface Burst {
  readonly mails: number;
  readonly perSecond: number;
  /** SES's, a second. */
  readonly permitted: number;
  readonly mailRatePerSecond: number;
}

/** Mails that arrive at a rate, through the queue, the pollers and the consumer of mails, in simulated time. */
async function burst({ mails, perSecond, permitted, mailRatePerSecond }: Burst) {
  const settings = readSettings({ mailSender: "orders@shop.example", mailRatePerSecond });
  const reading = readingOf(settings, { access: ["mail"] });
  const time = timeline();
  const clock = {
    now: time.now,
    random: () => 0.5,
    sleep: (ms: number) => new Promise<void>((resolve) => time.at(time.now() + ms, resolve)),
  };
  const tables = memoryTables(time.now);
  const notes = failureNotes();
  const queue: { record: SqsRecord; receives: number }[] = [];
  const sentAt: number[] = [];
  let [throttled, mostReceives] = [0, 0];
  let [shortestGapMs, lastAt, bookings] = [Number.POSITIVE_INFINITY, NOW, 0];
  let free = reading.maxConcurrency;

  const put = (record: SqsRecord) => {
    queue.push({ record, receives: 0 });
    poll();
  };
  const again = (of: SqsRecord, { delaySeconds }: PostponedMessage) =>
    time.at(time.now() + delaySeconds * 1_000, () => put(of));
  const mailer = {
    async send() {
      await clock.sleep(80);
      const inLastSecond = sentAt.filter((at) => at > time.now() - 1_000).length;
      if (inLastSecond >= permitted) {
        throttled += 1;
        return { kind: "throttled", error: new Error("Maximum sending rate exceeded.") } as const;
      }
      if (total > 0) shortestGapMs = Math.min(shortestGapMs, time.now() - lastAt);
      lastAt = time.now();
      sentAt.push(time.now());
      if (sentAt.length > 2 * permitted + 100) sentAt.splice(0, sentAt.length - 2 * permitted - 50);
      total += 1;
      return { kind: "sent" } as const;
    },
  };
  let total = 0;
  const sharedMs = sharedMailIntervalMs(settings);
  const slots = memoryMailSlots(async () => {
    bookings += 1;
    await clock.sleep(10);
  });
  const instances = Array.from({ length: reading.maxConcurrency }, () => {
    const handle = sendNotifications({
      orders: tables.orders,
      notifications: tables.notifications,
      suppressions: tables.suppressions,
      mailer,
      pace:
        sharedMs === undefined
          ? mailPace(clock, mailIntervalMs(settings))
          : sharedMailPace(clock, slots, sharedMs),
      clock,
    });
    return (records: readonly SqsRecord[]) =>
      consumer({
        name: "notify-customer",
        transport: sqs({
          maxReceiveCount: settings.maxReceiveCount,
          enqueue: async (message) => {
            const of = records.find(({ body }) => body === message.body);
            if (of !== undefined) again(of, message);
          },
        }),
        decode: (raw) => decodeEvent(raw.body),
        handle: { many: handle },
        failureLog: notes,
        clock,
        write: () => {},
      })(sqsEvent(...records), {
        getRemainingTimeInMillis: () => reading.timeoutSeconds * 1_000,
      }) as Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;
  });

  function poll(): void {
    while (free > 0 && queue.length > 0) {
      const batch = queue.splice(0, reading.batchSize);
      const run = instances[--free];
      if (run === undefined) throw new Error("There is no free instance.");
      for (const each of batch) each.receives += 1;
      mostReceives = Math.max(mostReceives, ...batch.map(({ receives }) => receives));
      run(batch.map(({ record, receives }) => withReceives(record, receives))).then(
        ({ batchItemFailures }) => {
          instances[free++] = run;
          const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
          queue.push(...batch.filter(({ record }) => failed.has(record.messageId)));
          poll();
        },
      );
    }
  }

  for (let i = 0; i < mails; i++) {
    time.at(NOW + (i * 1_000) / perSecond, () => {
      const row = order(`b${i}`, { status: "CONFIRMED", version: 2 });
      tables.rows.orders.set(row.orderId, row);
      put(sqsRecord(eventOf(row), { messageId: `m${i}` }));
    });
  }
  await time.run();
  const seconds = (time.now() - NOW) / 1_000;
  const lastMailAfter = (lastAt - NOW) / 1_000;
  return {
    ...{ total, seconds, throttled, mostReceives, shortestGapMs, lastMailAfter, bookings },
    parked: notes.notes.length,
  };
}

const withReceives = (record: SqsRecord, receives: number): SqsRecord => ({
  ...record,
  attributes: { ...record.attributes, ApproximateReceiveCount: String(receives) },
});

test("a burst of mails beyond the rate is sent at the rate, with one receive each, and parks none", async () => {
  const mails = 6_000;

  const result = await burst({ mails, perSecond: 100, permitted: 14, mailRatePerSecond: 14 });

  expect(result).toMatchObject({ total: mails, parked: 0, mostReceives: 1, throttled: 0 });
  expect(mails / result.seconds).toBeGreaterThan(13);
  expect(mails / result.seconds).toBeLessThanOrEqual(14);
});

test("a rate above that of SES uses up no receives and parks none", async () => {
  const mails = 1_000;

  const result = await burst({ mails, perSecond: 100, permitted: 5, mailRatePerSecond: 14 });

  expect(result.throttled).toBeGreaterThan(0);
  expect(result).toMatchObject({ total: mails, parked: 0, mostReceives: 1 });
});

test.each([1, 2, 3, 4])(
  "at a rate of %i no two mails are closer than its interval, and none is throttled",
  async (rate) => {
    const mails = 60 * rate;

    const result = await burst({ mails, perSecond: 100, permitted: rate, mailRatePerSecond: rate });

    expect(result).toMatchObject({ total: mails, parked: 0, mostReceives: 1, throttled: 0 });
    expect(result.shortestGapMs).toBeGreaterThanOrEqual(Math.floor(1_000 / rate));
    expect(mails / result.lastMailAfter).toBeGreaterThan(0.95 * rate);
    // A write for each mail, and few that another invocation was before.
    expect(result.bookings).toBeLessThan(1.5 * mails);
  },
);
