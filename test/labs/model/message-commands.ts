import fc from "fast-check";
import { breakParts } from "./breakage.ts";
import { type Command, command } from "./command.ts";
import { deliver } from "./deliver.ts";
import { redrivable, redrive } from "./redrive.ts";
import { PARTS } from "./reference.ts";
import { KEYS, REQUESTS, STRANGE, strangeEvent } from "./requests.ts";
import { QUEUES } from "./system.ts";

const queues = fc.constantFrom(...QUEUES);
const places = fc.nat({ max: 9 });

const publish = fc.constant(command("publish", (_, system) => system.publish()));

const rewind = fc.constant(command("read the stream from its beginning", (_, system) => system.rewind()));

/** Any copies in any order: those that are passed over come later. */
const receive = fc
  .tuple(queues, fc.array(places, { minLength: 1, maxLength: 4 }))
  .map(([consumer, picks]) =>
    command(`deliver ${consumer} ${picks.join()}`, (reference, system) =>
      deliver(reference, system, consumer, picks),
    ),
  );

/** The same copies until their queue gives up on them. */
const wearOut = queues.map((consumer) =>
  command(`deliver ${consumer} again and again`, async (reference, system) => {
    for (let receives = 0; receives <= 5; receives++) await deliver(reference, system, consumer, [0, 0]);
    await system.retryDeadLetters(consumer);
  }),
);

const duplicate = fc.tuple(queues, places).map(([consumer, place]) =>
  command(`duplicate ${consumer} ${place}`, (_, system) => {
    const copies = system.queues.get(consumer) ?? [];
    const copy = copies[place % copies.length];
    if (copy !== undefined) system.send(consumer, copy.body, copy.attributes);
  }),
);

const strange = fc
  .tuple(fc.constantFrom(...STRANGE), fc.constantFrom(...KEYS), fc.nat({ max: REQUESTS.length - 1 }))
  .map(([what, key, asked]) =>
    command(`a stranger sends ${what} for ${key} with request ${asked}`, (_, system) => {
      const consumer = what === "order.cancelled" ? "order-cancelled" : "order-created";
      system.send(consumer, JSON.stringify(strangeEvent(what, key, asked)));
    }),
  );

const breakPart = fc.tuple(fc.constantFrom(...PARTS), fc.constantFrom("down", "mute")).map(([part, how]) =>
  command(`break ${part}: ${how}`, ({ broken }, system) => {
    broken.set(part, how);
    breakParts(system, broken);
  }),
);

const mend = fc.constant(
  command("mend", ({ broken }, system) => {
    broken.clear();
    breakParts(system, broken);
  }),
);

const wait = fc
  .constantFrom(1, 2, 90)
  .map((minutes) => command(`wait ${minutes} min`, (_, system) => system.wait(minutes)));

const redriveOne = places.map((place) =>
  command(`redrive ${place}`, async (_, system) => {
    const rows = redrivable(system);
    const row = rows[place % rows.length];
    if (row !== undefined) await redrive(system, row);
  }),
);

/** What happens to messages, and to the services under them. Named twice is twice as likely. */
export const MESSAGE_COMMANDS: readonly fc.Arbitrary<Command>[] = [
  publish,
  publish,
  publish,
  receive,
  receive,
  receive,
  receive,
  wearOut,
  duplicate,
  rewind,
  strange,
  breakPart,
  breakPart,
  mend,
  mend,
  wait,
  redriveOne,
];
