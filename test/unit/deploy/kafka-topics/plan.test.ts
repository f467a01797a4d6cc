import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../../../lib/config.ts";
import {
  type ActualTopic,
  changes,
  describeStep,
  planTopics,
  type Step,
} from "../../../../lib/deploy/kafka-topics/topic-plan.ts";
import {
  decodeConfigs,
  encodeConfigs,
  type WantedTopic,
  wantedTopics,
} from "../../../../lib/settings/wanted-topics.ts";

const events: WantedTopic = {
  name: "order-events",
  partitions: 6,
  replication: 3,
  configs: { "retention.ms": "1000", "min.insync.replicas": "2" },
};
const asWanted: ActualTopic = { ...events };

describe("the plan of topics", () => {
  test("creates a missing topic", () => {
    expect(planTopics([events], [])).toEqual([{ kind: "create", topic: events }]);
  });

  test("changes nothing for an up-to-date topic", () => {
    const steps = planTopics([events], [asWanted]);

    expect(steps).toEqual([{ kind: "unchanged", name: "order-events" }]);
    expect(steps.some(changes)).toBe(false);
  });

  test("does not touch other topics", () => {
    expect(planTopics([events], [asWanted, { ...asWanted, name: "payments" }])).toHaveLength(1);
  });

  test("sets different values, reports the former ones, and keeps other configuration", () => {
    const there = { ...asWanted, configs: { "retention.ms": "5", "segment.ms": "7" } };

    expect(planTopics([events], [there])).toEqual([
      {
        kind: "configure",
        name: "order-events",
        changes: [
          { config: "retention.ms", from: "5", to: "1000" },
          { config: "min.insync.replicas", from: undefined, to: "2" },
        ],
        configs: { "retention.ms": "1000", "min.insync.replicas": "2", "segment.ms": "7" },
      },
    ]);
  });

  test("adds partitions and never removes any", () => {
    expect(planTopics([events], [{ ...asWanted, partitions: 3 }])).toEqual([
      { kind: "grow", name: "order-events", from: 3, to: 6 },
    ]);
    expect(planTopics([events], [{ ...asWanted, partitions: 9 }])).toEqual([
      { kind: "skip", name: "order-events", why: expect.stringMatching(/9 partitions instead of 6/) },
    ]);
  });

  test("does not move replicas, and names the tool for it", () => {
    const [step, ...more] = planTopics([events], [{ ...asWanted, replication: 2 }]);

    expect(more).toEqual([]);
    expect(step).toMatchObject({ kind: "skip", why: expect.stringContaining("kafka-reassign-partitions") });
    expect(step && changes(step)).toBe(false);
  });

  test("once applied is empty for any existing topics, and removes no partition", () => {
    const configs = fc.dictionary(
      fc.constantFrom("retention.ms", "min.insync.replicas", "segment.ms"),
      fc.constantFrom("1", "2", "1000"),
    );
    const actual = fc.record({
      name: fc.constantFrom("order-events", "order-events-dlt", "payments"),
      partitions: fc.integer({ min: 1, max: 12 }),
      replication: fc.integer({ min: 1, max: 3 }),
      configs,
    });
    const topics = fc.uniqueArray(actual, { selector: ({ name }) => name });

    fc.assert(
      fc.property(topics, fc.integer({ min: 2, max: 3 }), (before, brokerCount) => {
        const wanted = wantedTopics({ ...readSettings({}), brokerCount, kafkaPartitions: 6 });
        const after = planTopics(wanted, before).reduce(done, before);
        expect(planTopics(wanted, after).filter(changes)).toEqual([]);
        for (const topic of before)
          expect(after.find(({ name }) => name === topic.name)?.partitions).toBeGreaterThanOrEqual(
            topic.partitions,
          );
      }),
    );
  });

  test("is described before and after it is applied", () => {
    const [create] = planTopics([events], []);
    const [grow] = planTopics([events], [{ ...asWanted, partitions: 3 }]);

    expect(create && describeStep(create, false)).toBe(
      "would create order-events: 6 partitions, 3 replicas, retention.ms=1000, min.insync.replicas=2",
    );
    expect(grow && describeStep(grow, true)).toMatch(/^grew order-events from 3 to 6 partitions/);
  });
});

describe("topic configuration for MSK", () => {
  test("survives encoding and decoding", () => {
    const text = fc.stringMatching(/^[a-z][a-z.]{0,20}[a-z]$/);

    fc.assert(
      fc.property(fc.dictionary(text, text), (configs) => {
        expect(decodeConfigs(encodeConfigs(configs))).toEqual(configs);
      }),
    );
  });

  test.each([undefined, "", "bm8gbGluZXM=", "%%%"])("without entries (%j) is empty", (encoded) => {
    expect(decodeConfigs(encoded)).toEqual({});
  });
});

/** Applies a step to a list of topics as Kafka does. */
function done(topics: readonly ActualTopic[], step: Step): readonly ActualTopic[] {
  const change = (name: string, to: Partial<ActualTopic>) =>
    topics.map((each) => (each.name === name ? { ...each, ...to } : each));
  switch (step.kind) {
    case "create":
      return [...topics, step.topic];
    case "configure":
      return change(step.name, { configs: step.configs });
    case "grow":
      return change(step.name, { partitions: step.to });
    default:
      return topics;
  }
}
