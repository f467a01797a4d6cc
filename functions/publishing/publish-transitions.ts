import { METRICS } from "../contract/names.ts";
import type { OrderEvent } from "../contract/schemas.ts";
import { isOrderEvent } from "../contract/validators.js";
import type { Clock } from "../middleware/clock.ts";
import type { OutcomeCount } from "../middleware/metrics.ts";
import { DONE, ignored, type Outcome, park, retry } from "../middleware/outcome.ts";
import type { Decoded } from "../middleware/transport.ts";
import type { StreamRecord } from "../middleware/transports/dynamodb-stream.ts";
import type { Published, Publisher } from "./ports/publisher.ts";

/** A status transition of an order row; no event where the row changed without one. */
interface Transition {
  readonly event: OrderEvent | undefined;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

const NO_ORDER_ROW = {
  kind: "malformed",
  reason: "INVALID_EVENT",
  detail: "The images are not those of an order row.",
} as const;

/** Decodes records of the orders table's stream. `eventOf` reads stored rows. */
export function transitionDecoder(
  eventOf: (images: StreamRecord["dynamodb"]) => OrderEvent | undefined,
): (raw: StreamRecord) => Decoded<Transition> {
  return (raw) => {
    let event: OrderEvent | undefined;
    try {
      event = eventOf(raw.dynamodb);
    } catch {
      return NO_ORDER_ROW;
    }
    // Published, it would be parked by every consumer, or its whole batch refused.
    if (event !== undefined && !isOrderEvent(event)) return NO_ORDER_ROW;
    const changedAt = raw.dynamodb.ApproximateCreationDateTime * 1_000;
    const message = { event, changedAt };
    if (event === undefined) return { kind: "message", message, type: "none", lane: "" };
    return {
      kind: "message",
      message,
      type: event.type,
      lane: event.subject,
      eventId: event.id,
      ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
      // A retry publishes the event, not the row.
      facts: { orderId: event.subject, body: JSON.stringify(event), attributes: { type: event.type } },
    };
  };
}

const PARK_AFTER_MS = 60_000;

/**
 * Publishes each status transition. An event that the topic refuses for good, or for a minute, is parked, so that the
 * shard advances; maintenance retries it.
 */
export function publishTransitions(ports: {
  publisher: Publisher;
  clock: Clock;
  /** Counts the events whose publish was throttled. */
  onThrottled?: (count: number) => void;
}) {
  return async (transitions: readonly Transition[], deadline: number): Promise<Outcome[]> => {
    const events = transitions.flatMap(({ event }) => (event === undefined ? [] : { event }));
    const answers = events.length === 0 ? [] : await ports.publisher.publish(events, deadline);
    const throttled = answers.filter((answer) => answer.kind === "refused" && answer.isThrottle).length;
    if (throttled > 0) ports.onThrottled?.(throttled);
    const now = ports.clock.now();
    let next = 0;
    return transitions.map(({ event, changedAt }) => {
      if (event === undefined) return ignored("no status transition");
      const refusal = refusalOf(answers[next++]);
      if (refusal === undefined) return DONE;
      const { permanent, error } = refusal;
      return permanent || now - changedAt > PARK_AFTER_MS ? park("PUBLISH_FAILED", error) : retry(error);
    });
  };
}

type FailedOf = "publishFailed" | "kafkaPublishFailed" | "rabbitmqPublishFailed";

/** The metrics of a publisher: published events, and failed attempts, by the backbone that an alarm names. */
export function publishCounts(failedOf: FailedOf) {
  return ({ consumed, failed, parked }: Readonly<Record<OutcomeCount, number>>) => ({
    [METRICS.published]: consumed,
    [METRICS[failedOf]]: failed + parked,
  });
}

/** Why an event was not published, if so. An event without a result may be accepted later. */
export function refusalOf(
  result: Published | undefined,
): Extract<Published, { kind: "refused" }> | undefined {
  if (result === undefined) {
    const error = new Error("The publisher returned no result for this event.");
    return { kind: "refused", permanent: false, error };
  }
  return result.kind === "refused" ? result : undefined;
}
