import type { SQSEvent } from "aws-lambda";
import { isOrderEvent } from "../../functions/contract/validators.js";
import type { Aim, Benchmark, Figure } from "./benchmark.ts";
import {
  type BatchHandler,
  bareLoop,
  oursMany,
  oursOne,
  powertoolsParser,
  powertoolsPlain,
} from "./contenders.ts";
import { createdEvents, sqsEventOf } from "./orders.ts";
import { inRounds, median } from "./statistics.ts";

const SIZES = [10, 100, 1_000, 10_000];
const MODES = ["one", "many"] as const;
const ROUNDS = 25;
/** Records of one measurement; small batches are repeated until they are as many. */
const RECORDS = 5_000;
/** Powertools takes many times longer: fewer records tell as much. */
const RECORDS_OF_SLOW = 500;

const ratioName = (mode: string, size: number) => `consumer(), handle.${mode}, ${size} records ÷ bare loop`;

/** Cost of a record in the middleware, with a handler that does nothing, against loops without a middleware. */
export const consumerCost: Benchmark = {
  name: "consumer",
  about: "CPU of one record: decode, validate, lanes, metrics, audit, against loops that do less",
  aims: MODES.flatMap((mode) => SIZES.map((size): Aim => ({ figure: ratioName(mode, size), atMost: 1.25 }))),
  async run(progress) {
    const figures: Figure[] = [];
    for (const size of SIZES) {
      progress(`batches of ${size}`);
      figures.push(...(await figuresOf(size)));
    }
    return figures;
  },
};

async function figuresOf(size: number): Promise<Figure[]> {
  const event = sqsEventOf(createdEvents(size).map((body) => JSON.stringify(body))) as unknown as SQSEvent;
  const contenders = {
    bare: timed(
      bareLoop(async () => {}),
      event,
      RECORDS,
    ),
    validating: timed(bareLoop(refusingInvalid), event, RECORDS),
    one: timed(oursOne(written), event, RECORDS),
    many: timed(oursMany(written), event, RECORDS),
    plain: timed(powertoolsPlain(), event, RECORDS_OF_SLOW),
    parser: timed(powertoolsParser(), event, RECORDS_OF_SLOW),
  };
  await inRounds(3, contenders);
  const { bare, validating, one, many, plain, parser } = await inRounds(ROUNDS, contenders);
  const micros = (values: readonly number[]) => ({ value: median(values), unit: "µs" });
  const ratio = (values: readonly number[]) => ({
    value: Math.min(...values) / Math.min(...bare),
    unit: "x",
  });
  return [
    { name: `bare loop, ${size} records, each`, ...micros(bare), note: "allSettled and JSON.parse" },
    {
      name: `bare loop that validates, ${size} records ÷ bare loop`,
      ...ratio(validating),
      note: "with the same compiled validator: the least that a checked record costs",
    },
    { name: ratioName("one", size), ...ratio(one) },
    { name: ratioName("many", size), ...ratio(many) },
    { name: `Powertools Batch, ${size} records ÷ bare loop`, ...ratio(plain), note: "JSON.parse only" },
    {
      name: `Powertools Batch with parser, ${size} records ÷ bare loop`,
      ...ratio(parser),
      note: "its parser, our compiled validator",
    },
  ];
}

async function refusingInvalid(event: unknown): Promise<void> {
  if (!isOrderEvent(event)) throw new Error("not an order event");
}

/** Microseconds a record. */
function timed(handler: BatchHandler, event: SQSEvent, records: number): () => Promise<number> {
  const size = event.Records.length;
  const times = Math.max(1, Math.round(records / size));
  return async () => {
    const started = performance.now();
    for (let i = 0; i < times; i++) await handler(event);
    return ((performance.now() - started) * 1_000) / (times * size);
  };
}

const sink = Buffer.allocUnsafe(4 * 1_048_576);
/** Encodes what was written, as writing it would. */
function written(text: string): void {
  sink.write(text);
}
