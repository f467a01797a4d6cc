import type { World } from "../world.ts";

/** Bodies that are no events of ours, each with the reason it is to be parked with. */
const POISONS = [
  "",
  "not json",
  "[]",
  "{}",
  '{"type":"order.shipped"}',
  '{"Type":"Notification","TopicArn":"a"}',
];

/** Puts something into a queue that no consumer can handle. */
export function sendPoison(world: World): void {
  const { random, queues, facts } = world;
  const { source, consumer } = random.pick(queues);
  const known = [...facts.events.values()].filter(({ consumers }) => consumers.includes(consumer));
  const last = known.at(-1);
  if (consumer !== "notify-customer" && last !== undefined && random.chance(0.7)) {
    const { event } = random.chance(0.5) ? last : random.pick(known);
    const lines = event.data.lines.map((line) => ({ ...line, quantity: line.quantity + 1 }));
    const body = JSON.stringify({ ...event, data: { ...event.data, lines } });
    facts.poisons.add(`${consumer} ${body}`);
    source.send(body, { type: event.type }, 0);
    return;
  }
  const body = random.pick(POISONS);
  facts.poisons.add(`${consumer} ${body}`);
  source.send(body, {}, 0);
}
