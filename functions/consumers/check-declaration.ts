import type { ConsumerDeclaration, OwnTable } from "./define-consumer.ts";

/** The bounds of a consumer's values, of declarations and of the settings that stand in for them. */
export const CONSUMER_RANGES = {
  batchSize: { minimum: 1, maximum: 10 },
  batchWindowSeconds: { minimum: 0, maximum: 300 },
  maxConcurrency: { minimum: 2, maximum: 1000 },
  timeoutSeconds: { minimum: 3, maximum: 900 },
} as const;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** With the stage before it and the suffix of a queue behind it, a name stays below the 64 characters of a function. */
const NAME_LENGTH = 32;
const ATTRIBUTE = /^\w{1,255}$/;

/** Throws a RangeError for a declaration that cannot be deployed. */
export function checkDeclaration({
  name,
  on,
  tables = [],
  batch = {},
  timeoutSeconds,
}: ConsumerDeclaration): void {
  refuseName("A consumer's name", name);
  if (on.length === 0) throw new RangeError(`${name} subscribes to no event type.`);
  refuseOutside(name, "batch.size", batch.size, CONSUMER_RANGES.batchSize);
  refuseOutside(name, "batch.windowSeconds", batch.windowSeconds, CONSUMER_RANGES.batchWindowSeconds);
  refuseOutside(name, "batch.maxConcurrency", batch.maxConcurrency, CONSUMER_RANGES.maxConcurrency);
  refuseOutside(name, "timeoutSeconds", timeoutSeconds, CONSUMER_RANGES.timeoutSeconds);
  for (const table of tables) refuseTable(name, table, tables);
}

function refuseName(what: string, name: string): void {
  if (NAME.test(name) && name.length <= NAME_LENGTH) return;
  throw new RangeError(
    `${what} is at most ${NAME_LENGTH} lower-case letters, digits and single dashes; received "${name}".`,
  );
}

function refuseTable(consumer: string, table: OwnTable, tables: readonly OwnTable[]): void {
  refuseName(`The name of a table of ${consumer}`, table.name);
  if (tables.filter(({ name }) => name === table.name).length > 1)
    throw new RangeError(`${consumer} has two tables "${table.name}".`);
  const attributes = [table.partitionKey, table.sortKey, table.ttl].filter((each) => each !== undefined);
  for (const attribute of attributes)
    if (!ATTRIBUTE.test(attribute))
      throw new RangeError(
        `An attribute of table ${table.name} of ${consumer} is 1 to 255 letters, digits and underscores; received "${attribute}".`,
      );
  if (new Set(attributes).size < attributes.length)
    throw new RangeError(
      `Partition key, sort key and ttl of table ${table.name} of ${consumer} are different attributes; received ${attributes.join(", ")}.`,
    );
}

function refuseOutside(
  consumer: string,
  name: string,
  value: number | undefined,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= minimum && value <= maximum)) return;
  throw new RangeError(
    `${name} of ${consumer} is a whole number, minimum ${minimum}, maximum ${maximum}; received ${value}.`,
  );
}
