import { describe, expect, test } from "vitest";
import { declarationOf, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { API_FUNCTIONS } from "../../functions/contract/api.ts";
import { readingOf } from "../../lib/config.ts";
import {
  queuesByName,
  type Resource,
  type Synthesized,
  shortName,
  synthesized,
  target,
} from "./synthesized.ts";

const stacks = synthesized();
const mappings = mappingsOf(stacks);
const queueMappings = mappings.filter(({ properties }) => properties.StartingPosition === undefined);
const [streamMapping] = mappings.filter(({ properties }) => properties.StartingPosition !== undefined);

function mappingsOf(from: Synthesized): readonly Resource[] {
  return from.resources("service", "AWS::Lambda::EventSourceMapping");
}

function functionOf(mapping: Resource, from = stacks): Resource {
  const { Ref } = mapping.properties.FunctionName;
  const found = from.resources("service", "AWS::Lambda::Function").find(({ id }) => id === Ref);
  if (!found) throw new Error(`${mapping.id} starts no function`);
  return found;
}

/** The queue of the export that a mapping imports. */
function queueOf(mapping: Resource, from = stacks): Resource {
  const imported = mapping.properties.EventSourceArn["Fn::ImportValue"];
  const output = Object.values(from.outputs("messaging")).find(({ Export }) => Export?.Name === imported);
  const found = [...queuesByName(from).values()].find(({ id }) => target(output?.Value).includes(`"${id}"`));
  if (!found) throw new Error(`${mapping.id} reads no queue`);
  return found;
}

function start(mapping: Resource, from = stacks) {
  return shortName(functionOf(mapping, from).properties.FunctionName);
}

describe("mappings", () => {
  test("C1, B14: all have ReportBatchItemFailures", () => {
    // The stream, the feedback of mails, and for each consumer its queue and two dead-letter queues.
    expect(mappings).toHaveLength(2 + 3 * QUEUE_CONSUMERS.length);
    for (const { id, properties } of mappings)
      expect(properties.FunctionResponseTypes, id).toEqual(["ReportBatchItemFailures"]);
  });

  test("every queue is read by its consumer, and every dead-letter queue but that of mail-feedback by dead-letters", () => {
    const readers = queueMappings.map((each) => [shortName(queueOf(each).properties.QueueName), start(each)]);

    expect(readers.sort()).toEqual(
      [...queuesByName(stacks).keys()]
        .filter((name) => name !== "mail-feedback-dlq")
        .map((name) => [name, /-(dlq|undelivered)$/.test(name) ? "dead-letters" : name])
        .sort(),
    );
  });

  test.each(QUEUE_CONSUMERS)(
    "of %s's queue has the values of its declaration, else of the settings",
    (name) => {
      const mapping = queueMappings.find((each) => shortName(queueOf(each).properties.QueueName) === name);
      const reading = readingOf(stacks.orderEvents.settings, declarationOf(name));

      expect(mapping?.properties).toMatchObject({
        BatchSize: reading.batchSize,
        MaximumBatchingWindowInSeconds: reading.batchWindowSeconds,
        ScalingConfig: { MaximumConcurrency: reading.maxConcurrency },
      });
    },
  );

  test.each([
    {},
    { stage: "local" },
    { hotStock: true },
    { consumerTimeoutSeconds: 120, batchWindowSeconds: 20, returnWithinSeconds: 86_400 },
  ])("B8: a message stays invisible for six time-outs of its function and the window, with %j", (context) => {
    const from = synthesized(context);

    for (const mapping of mappingsOf(from).filter(
      ({ properties }) => properties.StartingPosition === undefined,
    )) {
      const { Timeout } = functionOf(mapping, from).properties;
      const window = mapping.properties.MaximumBatchingWindowInSeconds ?? 0;
      expect(queueOf(mapping, from).properties.VisibilityTimeout).toBeGreaterThanOrEqual(
        6 * Timeout + window,
      );
    }
  });

  test("C12, J4: limit concurrency, which no function reserves", () => {
    for (const { id, properties } of queueMappings) {
      expect(properties.ScalingConfig.MaximumConcurrency, id).toBeGreaterThanOrEqual(2);
      expect(properties.ScalingConfig.MaximumConcurrency, id).toBeLessThanOrEqual(10);
    }
    for (const { id, properties } of stacks.resources("service", "AWS::Lambda::Function"))
      expect(properties.ReservedConcurrentExecutions, id).toBeUndefined();
  });

  test("C12: concurrency is reserved for functions of the API only, by their setting", () => {
    const reserved = synthesized({ apiReservedConcurrency: 7 })
      .resources("service", "AWS::Lambda::Function")
      .filter(({ properties }) => properties.ReservedConcurrentExecutions !== undefined);

    expect(reserved.map(({ properties }) => shortName(properties.FunctionName)).sort()).toEqual(
      [...API_FUNCTIONS].sort(),
    );
    for (const { properties } of reserved) expect(properties.ReservedConcurrentExecutions).toBe(7);
  });

  test("with hotStock the consumers that write stock read large batches, few at a time, and no others", () => {
    const sizesOf = (template: Synthesized) =>
      mappingsOf(template)
        .filter(({ properties }) => properties.StartingPosition === undefined)
        .map((each) => ({
          name: shortName(queueOf(each, template).properties.QueueName),
          size: each.properties.BatchSize,
          window: each.properties.MaximumBatchingWindowInSeconds,
          atATime: each.properties.ScalingConfig.MaximumConcurrency,
        }));
    const sizes = sizesOf(synthesized({ hotStock: true }));
    const writesStock = (name: string) =>
      QUEUE_CONSUMERS.some(
        (each) => each === name && declarationOf(each).access.includes("orders-and-stock"),
      );
    const ofStock = sizes.filter(({ name }) => writesStock(name));

    expect(ofStock.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["order-created", "order-cancelled"]),
    );
    // SQS hands over more than ten messages at once only where it collects them for a second.
    for (const each of ofStock) expect(each).toMatchObject({ size: 200, window: 1, atATime: 2 });
    const others = (all: typeof sizes) => all.filter(({ name }) => !writesStock(name));
    expect(others(sizes)).toEqual(others(sizesOf(synthesized())));
  });

  test("B11: no queue mapping filters, because unmatched messages would be deleted", () => {
    for (const { id, properties } of queueMappings) expect(properties.FilterCriteria, id).toBeUndefined();
  });

  test("no mapping says whether it is on, so that a deployment leaves a paused one as it is", () => {
    for (const { id, properties } of mappingsOf(stacks)) expect(properties.Enabled, id).toBeUndefined();
  });
});

describe("the mapping of the stream", () => {
  test("A16: starts at the beginning, and no record blocks its shard for more than an hour", () => {
    const { properties } = streamMapping ?? {};

    expect(properties).toMatchObject({
      StartingPosition: "TRIM_HORIZON",
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 3_600,
    });
    expect(properties.MaximumRetryAttempts).toBeGreaterThan(60);
    expect(properties.MaximumRetryAttempts).toBeLessThanOrEqual(10_000);
    expect(target(properties.DestinationConfig.OnFailure.Destination)).toContain("CrashedBatches");
  });

  test("B11: passes inserted and changed rows, which are the possible status transitions", () => {
    const [filter] = streamMapping?.properties.FilterCriteria.Filters ?? [];

    expect(JSON.parse(filter.Pattern)).toEqual({ eventName: ["INSERT", "MODIFY"] });
  });

  test("A9: the publisher gives up a record well before the mapping", () => {
    const { Variables } = functionOf(streamMapping as Resource).properties.Environment;

    expect(Number(Variables.GIVE_UP_AFTER_SECONDS)).toBeLessThanOrEqual(3_600 / 2);
  });
});
