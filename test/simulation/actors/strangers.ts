import { ATTRIBUTES } from "../../../functions/contract/names.ts";
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

const BAD_COUNTS = ["abc", "-1", "4", "1e9", ""];

/** Puts something into a queue that no consumer can handle. */
export function sendPoison(world: World): void {
  const { random, queues, facts } = world;
  const { source, deadLetters, consumer } = random.pick(queues);
  const known = [...facts.events.values()].filter(({ consumers }) => consumers.includes(consumer));
  const last = known.at(-1);
  if (consumer !== "notify-customer" && last !== undefined && random.chance(0.7)) {
    const { event } = random.chance(0.5) ? last : random.pick(known);
    // Several at once, so that bodies of one id meet on their way into the store.
    for (let more = 1 + random.below(3); more > 0; more--) {
      const lines = event.data.lines.map((line) => ({ ...line, quantity: line.quantity + more }));
      const body = JSON.stringify({ ...event, data: { ...event.data, lines } });
      facts.poisons.add(`${consumer} ${body}`);
      source.send(body, { type: event.type }, 0);
    }
    return;
  }
  const body = random.pick(POISONS);
  if (random.chance(0.3)) {
    facts.poisons.add(`${consumer} ${body}`);
    deadLetters.send(body, { [ATTRIBUTES.redriveCount]: random.pick(BAD_COUNTS) }, 0);
    return;
  }
  facts.poisons.add(`${consumer} ${body}`);
  source.send(body, {}, 0);
}
