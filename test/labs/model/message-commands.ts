import fc from "fast-check";
import { breakParts } from "./breakage.ts";
import { type Command, command } from "./command.ts";
import { deliver } from "./deliver.ts";
import { redrivable, redrive } from "./redrive.ts";
import { PARTS } from "./reference.ts";
import { FOREIGN_EVENTS, foreignEvent, KEYS, REQUESTS } from "./requests.ts";
import { QUEUES } from "./system.ts";

const queues = fc.constantFrom(...QUEUES);
const positions = fc.nat({ max: 9 });

const publish = fc.constant(command("publish", (_, system) => system.publish()));

const rewind = fc.constant(command("read the stream from its beginning", (_, system) => system.rewind()));

/** Any messages in any order. */
const receive = fc
  .tuple(queues, fc.array(positions, { minLength: 1, maxLength: 4 }))
  .map(([consumer, picks]) =>
    command(`deliver ${consumer} ${picks.join()}`, (reference, system) =>
      deliver(reference, system, consumer, picks),
    ),
  );

/** The same messages until they are in the dead-letter queue. */
const exhaustReceives = queues.map((consumer) =>
  command(`deliver ${consumer} until the receives are used up`, async (reference, system) => {
    for (let receives = 0; receives <= 5; receives++) await deliver(reference, system, consumer, [0, 0]);
    await system.retryDeadLetters(consumer);
  }),
);

const duplicate = fc.tuple(queues, positions).map(([consumer, place]) =>
  command(`duplicate ${consumer} ${place}`, (_, system) => {
    const messages = system.queues.get(consumer) ?? [];
    const message = messages[place % messages.length];
    if (message !== undefined) system.send(consumer, message.body, message.attributes);
  }),
);

const foreign = fc
  .tuple(fc.constantFrom(...FOREIGN_EVENTS), fc.constantFrom(...KEYS), fc.nat({ max: REQUESTS.length - 1 }))
  .map(([what, key, asked]) =>
    command(`a foreign writer sends ${what} for ${key} with request ${asked}`, (_, system) => {
      const consumer = what === "order.cancelled" ? "order-cancelled" : "order-created";
      system.send(consumer, JSON.stringify(foreignEvent(what, key, asked)));
    }),
  );

const breakPart = fc
  .tuple(fc.constantFrom(...PARTS), fc.constantFrom("down", "reply lost"))
  .map(([part, how]) =>
    command(`break ${part}: ${how}`, ({ broken }, system) => {
      broken.set(part, how);
      breakParts(system, broken);
    }),
  );

const repair = fc.constant(
  command("repair", ({ broken }, system) => {
    broken.clear();
    breakParts(system, broken);
  }),
);

const wait = fc
  .constantFrom(1, 2, 90)
  .map((minutes) => command(`wait ${minutes} min`, (_, system) => system.wait(minutes)));

const redriveOne = positions.map((place) =>
  command(`redrive ${place}`, async (_, system) => {
    const rows = redrivable(system);
    const row = rows[place % rows.length];
    if (row !== undefined) await redrive(system, row);
  }),
);

/** Commands of messages and services. A command listed twice is twice as likely. */
export const MESSAGE_COMMANDS: readonly fc.Arbitrary<Command>[] = [
  publish,
  publish,
  publish,
  receive,
  receive,
  receive,
  receive,
  exhaustReceives,
  duplicate,
  rewind,
  foreign,
  breakPart,
  breakPart,
  repair,
  repair,
  wait,
  redriveOne,
];
