import { describe, expect, test } from "vitest";
import { BROKER_EVENT_TYPES, CONSUMERS } from "../../../functions/consumers/consumers.ts";
import { RABBITMQ_EVENT_TYPES } from "../../../functions/contract/broker-names.ts";
import { readSettings } from "../../../lib/config.ts";
import {
  describeTopologyStep,
  type FoundTopology,
  planTopology,
  policyOf,
} from "../../../lib/rabbitmq-topology/topology-plan.ts";
import { rabbitTopology } from "../../../lib/settings/rabbitmq-topology.ts";

const wanted = rabbitTopology(readSettings({}));
const complete: FoundTopology = {
  exchanges: wanted.exchanges.map((each) => ({ ...each, durable: true })),
  queues: wanted.queues.map((name) => ({
    name,
    type: "quorum",
    durable: true,
    arguments: { "x-queue-type": "quorum" },
    policy: name,
  })),
  bindings: wanted.bindings.map(({ exchange, queue, key }) => ({
    source: exchange,
    destination: queue,
    routing_key: key,
  })),
  policies: wanted.policies.map(policyOf),
};
const empty: FoundTopology = { exchanges: [], queues: [], bindings: [], policies: [] };
const kinds = (found: FoundTopology) => planTopology(wanted, found).map(({ kind }) => kind);

describe("the plan of a topology", () => {
  test("is empty where all exists, whatever else does", () => {
    const more = {
      ...complete,
      queues: [...complete.queues, { name: "other", type: "classic", durable: false, arguments: {} }],
      bindings: [...complete.bindings, { source: "order.exchange", destination: "other", routing_key: "#" }],
    };

    expect(planTopology(wanted, complete)).toEqual([]);
    expect(planTopology(wanted, more)).toEqual([]);
  });

  test("sets the policies before it makes the queues that they apply to", () => {
    const all = kinds(empty);

    expect(all.lastIndexOf("set policy")).toBeLessThan(all.indexOf("create queue"));
    expect(all.lastIndexOf("create queue")).toBeLessThan(all.indexOf("bind"));
    expect(all).not.toContain("conflict");
  });

  test.each<[string, Partial<FoundTopology>, RegExp]>([
    [
      "an exchange of another type",
      { exchanges: [{ name: "order.exchange", type: "topic", durable: true }] },
      /is durable topic, not durable direct/,
    ],
    [
      "an exchange that does not outlive the broker",
      { exchanges: [{ name: "order.exchange", type: "direct", durable: false }] },
      /is transient direct/,
    ],
    [
      "a pattern that this language does not read",
      {
        policies: [
          ...complete.policies,
          { name: "odd", pattern: "(?<", "apply-to": "all", priority: 100, definition: {} },
        ],
      },
      /the policy odd has the priority 100/,
    ],
  ])("reports %s as a conflict", (_, changes, text) => {
    const steps = planTopology(wanted, { ...complete, ...changes });

    expect(steps.map((step) => describeTopologyStep(step, false)).join("\n")).toMatch(text);
    expect(steps.some(({ kind }) => kind === "conflict")).toBe(true);
  });

  test("reports what a policy had, and what it lacks", () => {
    const policies = complete.policies.map((policy) =>
      policy.name === "order.queue" ? { ...policy, definition: { "max-length": 5, expires: 1 } } : policy,
    );
    const [step] = planTopology(wanted, { ...complete, policies });

    expect(step && describeTopologyStep(step, false)).toMatch(
      /order\.queue: would set its policy: .*expires 1 → nothing.*max-length 5 → 10000.*message-ttl nothing → 60000/,
    );
  });

  test("names a dot as a dot: no policy applies to another queue", () => {
    for (const { name, pattern } of wanted.policies.map(policyOf)) {
      const matching = wanted.queues.filter((queue) => new RegExp(pattern).test(queue));
      expect(matching).toEqual([name]);
      expect(new RegExp(pattern).test(name.replaceAll(".", "x"))).toBe(false);
    }
  });
});

test("each event type that a broker's consumer processes has a queue in RabbitMQ, and no other has", () => {
  expect([...RABBITMQ_EVENT_TYPES].sort()).toEqual([...BROKER_EVENT_TYPES].sort());
  expect(CONSUMERS.some(({ alsoByBrokers }) => alsoByBrokers)).toBe(true);
});
