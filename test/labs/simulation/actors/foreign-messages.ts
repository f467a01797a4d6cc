import {
  RABBITMQ_CONSUMER,
  RABBITMQ_QUEUES,
  suspectQueue,
} from "../../../../functions/contract/broker-names.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { isRead } from "../cloud/backbone.ts";
import type { EventConsumer } from "../cloud/consumers.ts";
import { bodyOf, type Log } from "../cloud/log.ts";
import type { SimRabbit } from "../cloud/rabbitmq.ts";
import { type ClientMessage, eventMessage, textOfBody } from "../cloud/rabbitmq-queue.ts";
import type { SimulatedSystem } from "../simulated-system.ts";

/** Bodies that are not events. */
const POISONS = [
  "",
  "not json",
  "[]",
  "{}",
  '{"type":"order.teleported"}',
  '{"Type":"Notification","TopicArn":"a"}',
];

/** Not UTF-8. */
const NO_TEXT = new Uint8Array([0xff, 0xfe, 0x80]);
const BAD_COUNTS = ["abc", "-1", "4", "1e9", ""];

/** Sends a message that no consumer can handle to a queue, topic or broker. */
export function sendPoison(system: SimulatedSystem): void {
  const { kafka, rabbitmq, random } = system;
  if (kafka !== undefined && isRead(system, "kafka") && random.chance(0.4)) toTopic(system, kafka.topic);
  else if (rabbitmq !== undefined && random.chance(0.5)) toRabbit(system, rabbitmq);
  else toQueue(system);
}

function toQueue(system: SimulatedSystem): void {
  const { random, queues, oracle } = system;
  const { source, deadLetters, consumer } = random.pick(queues);
  const changesOrders = consumer === "order-created" || consumer === "order-cancelled";
  const contradicting = changesOrders ? contradictions(system, consumer) : [];
  // Several at once, so that bodies of one id are stored concurrently.
  for (const { type, body } of contradicting) {
    oracle.poisons.add(`${consumer} ${body}`);
    source.send(body, { type }, 0);
  }
  if (contradicting.length > 0) return;
  const body = random.pick(POISONS);
  oracle.poisons.add(`${consumer} ${body}`);
  if (random.chance(0.3)) {
    deadLetters.send(body, { [ATTRIBUTES.dlqRetryCount]: random.pick(BAD_COUNTS) }, 0);
    return;
  }
  source.send(body, {}, 0);
}

function toTopic(system: SimulatedSystem, topic: Log): void {
  const { random, oracle } = system;
  const known = [...oracle.events.values()];
  const key = random.pick([null, "elsewhere", ...known.map(({ event }) => event.subject)]);
  const poison = (value: string | Uint8Array) => {
    const record = { key, value, headers: {} };
    oracle.poisons.add(`order-events-kafka ${bodyOf(record) ?? ""}`);
    topic.append(record);
  };
  switch (random.below(5)) {
    case 0:
      // F4: a tombstone is ignored.
      topic.append({ key, value: null, headers: {} });
      break;
    case 1:
      poison(NO_TEXT);
      break;
    case 2:
      // F5, F6: an event under a foreign key is in another partition than the events of its order.
      if (known.length > 0) topic.append({ key, value: random.pick(known).body, headers: {} });
      break;
    case 3:
      for (const { body } of contradictions(system, "order-events-kafka")) poison(body);
      break;
    default:
      poison(random.pick(POISONS));
  }
}

/** R10: what a client may claim about its message. The broker's own headers are among it. */
const FORGED: readonly Readonly<Record<string, unknown>>[] = [
  { attempt: "3" },
  { attempt: "many" },
  { attempt: -7 },
  { suspected: "9" },
  { dlqRetryCount: "7" },
  { "x-death": [{ count: 900, reason: "expired", queue: "order.queue" }] },
  { "x-delivery-count": 900 },
  { "x-first-death-reason": "delivery_limit", attempt: { nested: true } },
];

function toRabbit(system: SimulatedSystem, rabbit: SimRabbit): void {
  const { random, oracle, faultProfile } = system;
  const queue = random.pick(RABBITMQ_QUEUES);
  const place = random.chance(0.2) ? suspectQueue(queue) : queue;
  const headers = random.chance(0.6) ? random.pick(FORGED) : {};
  const poison = (body: Buffer, more: Partial<ClientMessage> = {}) => {
    if (rabbit.put(place, { body, headers, ...more }))
      oracle.poisons.add(`${RABBITMQ_CONSUMER} ${textOfBody(body)}`);
  };
  const isKiller = random.chance(faultProfile.killers);
  const known = [...oracle.events.values()];
  switch (isKiller ? "contradiction" : random.pick(["bytes", "event", "contradiction", "text"] as const)) {
    case "bytes":
      poison(Buffer.from(NO_TEXT));
      break;
    case "event":
      // R11: an event once more, in either queue, whatever its headers claim.
      if (known.length > 0) rabbit.put(place, { body: Buffer.from(random.pick(known).body), headers });
      break;
    case "contradiction":
      for (const { body, event } of contradictions(system, RABBITMQ_CONSUMER)) {
        if (isKiller) oracle.killers.add(body);
        poison(Buffer.from(body), eventMessage(event, body, headers));
      }
      break;
    default:
      poison(Buffer.from(random.pick(POISONS)));
  }
}

/** Known events with other lines than those of their order. */
function contradictions({ random, oracle }: SimulatedSystem, consumer: EventConsumer) {
  const known = [...oracle.events.values()].filter(({ consumers }) => consumers.includes(consumer));
  const last = known.at(-1);
  if (last === undefined || !random.chance(0.7)) return [];
  const { event } = random.chance(0.5) ? last : random.pick(known);
  return Array.from({ length: 1 + random.below(3) }, (_, more) => {
    const lines = event.data.lines.map((line) => ({ ...line, quantity: line.quantity + more + 1 }));
    return { event, type: event.type, body: JSON.stringify({ ...event, data: { ...event.data, lines } }) };
  });
}
