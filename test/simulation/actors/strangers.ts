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

/** Puts something into a queue that no consumer can handle; answers with its body. */
export function sendPoison(world: World): string {
  const { random, queues, facts } = world;
  const { source, consumer } = random.pick(queues);
  const known = [...facts.events.values()].filter(({ consumers }) => consumers.includes(consumer));
  if (consumer !== "notify-customer" && known.length > 0 && random.chance(0.4)) {
    const { event } = random.pick(known);
    const lines = event.data.lines.map((line) => ({ ...line, quantity: line.quantity + 1 }));
    const body = JSON.stringify({ ...event, data: { ...event.data, lines } });
    source.send(body, { type: event.type }, 0);
    return body;
  }
  const body = random.pick(POISONS);
  source.send(body, {}, 0);
  return body;
}
