import { METRICS, SERVICE } from "../../../functions/contract/names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { isOrderEvent } from "../../../functions/contract/validators.js";
import type { ConsumerOptions } from "../../../functions/middleware/consumer.ts";
import { emfLine } from "../../../functions/middleware/metrics.ts";
import { DONE } from "../../../functions/middleware/outcome.ts";
import type { Aim, Benchmark, Figure } from "./benchmark.ts";
import { createdEvents } from "./orders.ts";
import { inRounds, median } from "./statistics.ts";

/** A Lambda handler. */
export type Handler = (event: unknown) => Promise<unknown>;

/** One way to run a batch. It decodes every record and does no work. */
export interface Contender {
  readonly name: string;
  readonly handler: Handler;
  /** What it includes. */
  readonly note: string;
}

/** The contenders of one transport. */
export interface Contest {
  readonly transport: string;
  readonly sizes: readonly number[];
  /** The aim of `consumer()`, in bare loops. */
  readonly atMost: number;
  /** Lambda's event. */
  readonly eventOf: (events: readonly OrderEvent[]) => unknown;
  /** A hand-written loop for partial batch responses only. */
  readonly bareLoop: (handle: (event: unknown) => Promise<void>) => Handler;
  /** The parser and checks of the engine only. */
  readonly decodeAll: (event: unknown) => unknown;
  /** The engine as the functions use it. */
  readonly ours: (handle: ConsumerOptions<unknown, OrderEvent>["handle"], write: Write) => Handler;
  readonly peers: readonly Contender[];
}

export type Write = (text: string) => void;

const ROUNDS = 25;
/** Records of one measurement; small batches are repeated. */
const RECORDS = 5_000;

const BARE = "bare loop";
const BY_HAND = "by hand";
const ONE = "consumer(), handle.one";
const MANY = "consumer(), handle.many";

const ratioName = (name: string, to: string) => `${name} ÷ ${to}`;

/** Cost of a record in the engine, compared with loops that do less and one that writes about the same. */
export function recordCost(contest: Contest): Pick<Benchmark, "aims" | "run"> {
  const { transport, sizes, atMost } = contest;
  const fullName = (size: number, name: string) => `${transport}, ${size} records: ${name}`;
  return {
    aims: sizes.flatMap((size): Aim[] => [
      { figure: fullName(size, ratioName(ONE, BARE)), atMost },
      { figure: fullName(size, ratioName(MANY, BARE)), atMost },
      { figure: fullName(size, ratioName(MANY, BY_HAND)), atMost: 1.25 },
    ]),
    async run(progress) {
      const figures: Figure[] = [];
      for (const size of sizes) {
        progress(`batches of ${size}`);
        const measured = await figuresOf(contest, size);
        figures.push(...measured.map((figure) => ({ ...figure, name: fullName(size, figure.name) })));
      }
      return figures;
    },
  };
}

async function figuresOf(contest: Contest, size: number): Promise<Figure[]> {
  const event = contest.eventOf(createdEvents(size));
  const [bare, ...others] = contendersOf(contest, size);
  const contenders = Object.fromEntries(
    [bare, ...others].map(({ name, handler }) => [name, timed(handler, event, size)]),
  );
  await inRounds(3, contenders);
  const measured = await inRounds(ROUNDS, contenders);
  const of = (name: string) => measured[name] ?? [];
  const ratio = (name: string, to: string) => ({
    name: ratioName(name, to),
    value: Math.min(...of(name)) / Math.min(...of(to)),
    unit: "x",
  });
  return [
    { name: `${BARE}, each`, value: median(of(BARE)), unit: "µs", note: bare.note },
    ...others.map(({ name, note }) => ({ ...ratio(name, BARE), note })),
    ratio(MANY, BY_HAND),
  ];
}

function contendersOf(contest: Contest, size: number): [Contender, ...Contender[]] {
  const { bareLoop, decodeAll, ours, peers } = contest;
  return [
    { name: BARE, handler: bareLoop(async () => {}), note: "parses; allSettled" },
    {
      name: "bare loop that validates",
      handler: bareLoop(refuseInvalid),
      note: "with our compiled validator",
    },
    { name: BY_HAND, handler: byHand(contest, size), note: "validates, writes an audit line, counts" },
    {
      name: "our parser and checks alone",
      handler: async (event) => decodeAll(event),
      note: "the least that consumer() can take",
    },
    { name: ONE, handler: ours({ one: async () => DONE }, write), note: "a promise each" },
    {
      name: MANY,
      handler: ours({ many: async (messages) => messages.map(() => DONE) }, write),
      note: "as most functions use it",
    },
    ...peers,
  ];
}

/** Microseconds of CPU time a record, without other load. */
function timed(handler: Handler, event: unknown, size: number): () => Promise<number> {
  const times = Math.max(1, Math.round(RECORDS / size));
  return async () => {
    const started = process.cpuUsage();
    for (let i = 0; i < times; i++) await handler(event);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / (times * size);
  };
}

/** The loop with the engine's output: no lanes, no deadline, no context, nothing for records that fail. */
function byHand({ bareLoop }: Contest, size: number): Handler {
  const loop = bareLoop(async (event) => {
    if (!isOrderEvent(event)) throw new Error("not an order event");
    const { id: eventId, type } = event;
    const line = { audit: "attempt", at: Date.now(), consumer: "by-hand", type, eventId, outcome: "done" };
    write(`${JSON.stringify(line)}\n`);
  });
  return async (event) => {
    const startedAt = Date.now();
    const response = await loop(event);
    write(
      emfLine({
        namespace: SERVICE,
        at: startedAt,
        dimensions: { service: SERVICE, consumer: "by-hand" },
        dimensionSets: [["service", "consumer"], ["service"]],
        counts: { [METRICS.received]: size, [METRICS.consumed]: size },
        milliseconds: { [METRICS.processingTime]: [Date.now() - startedAt] },
      }),
    );
    return response;
  };
}

async function refuseInvalid(event: unknown): Promise<void> {
  if (!isOrderEvent(event)) throw new Error("not an order event");
}

const sink = Buffer.allocUnsafe(4 * 1_048_576);
/** Encodes the output, as writing it would. */
function write(text: string): void {
  sink.write(text);
}
