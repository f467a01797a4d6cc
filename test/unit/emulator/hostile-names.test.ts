import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFilters } from "../../../lib/emulator/assembly/filter-pattern.ts";
import { toSqsRecord } from "../../../lib/emulator/event-sources/sqs-event.ts";
import { createFaults, FaultError } from "../../../lib/emulator/faults/fault-switches.ts";
import { proxyEvent } from "../../../lib/emulator/gateway/event-v1.ts";
import { makeRouter } from "../../../lib/emulator/gateway/match-route.ts";
import { requestTarget } from "../../../lib/emulator/gateway/request-target.ts";
import { proxyResponse } from "../../../lib/emulator/gateway/response-v1.ts";
import { toKafkaEvent } from "../../../lib/emulator/kafka/event-source/kafka-event.ts";
import { embeddedMetrics } from "../../../lib/emulator/metrics/embedded-metrics.ts";
import { createMetricStore } from "../../../lib/emulator/metrics/metric-store.ts";

/** Every name that an empty object has. */
const HOSTILE = Object.getOwnPropertyNames(Object.prototype);
const name = fc.oneof(fc.constantFrom(...HOSTILE), fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/));
const value = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const pairs = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 8 });

/** As a function receives it: events and responses are passed between processes as JSON. */
const asJson = <T>(given: T): T => JSON.parse(JSON.stringify(given));
const listsOf = (given: readonly (readonly [string, string])[]) =>
  [...Map.groupBy(given, ([key]) => key)].map(([key, entries]) => [key, entries.map(([, one]) => one)]);
const sorted = (entries: Iterable<readonly unknown[]>) =>
  [...entries].sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
const entriesOf = (given: object | null) => sorted(Object.entries(given ?? {}));

const eventOf = (url: string, headers: readonly (readonly [string, string])[] = []) => {
  const incoming = {
    method: "GET",
    httpVersion: "1.1",
    headers: {},
    rawHeaders: headers.flat(),
    socket: {},
  } as unknown as IncomingMessage;
  const target = requestTarget(url);
  const route = { method: "GET", path: "/a/{__proto__}/{constructor}", functionName: "f" };
  const match = makeRouter([route])("GET", target.path);
  if (match === undefined) throw new Error("no route");
  const at = new Date(0);
  const request = { requestId: "r", at, stageName: "v1", match, body: Buffer.of(), binaryMediaTypes: [] };
  return asJson(proxyEvent(incoming, target, request));
};

describe("K1: a name that every object has is an ordinary name", () => {
  it("of a header", () => {
    fc.assert(
      fc.property(pairs, (headers) => {
        const event = eventOf("/a/1/2", headers);

        expect(entriesOf(event.multiValueHeaders)).toEqual(sorted(listsOf(headers)));
        expect(entriesOf(event.headers)).toEqual(sorted(new Map(headers)));
      }),
    );
  });

  it("of a query parameter", () => {
    fc.assert(
      fc.property(pairs, (query) => {
        const event = eventOf(`/a/1/2?${new URLSearchParams(query)}`);

        expect(entriesOf(event.multiValueQueryStringParameters)).toEqual(sorted(listsOf(query)));
        expect(entriesOf(event.queryStringParameters)).toEqual(sorted(new Map(query)));
      }),
    );
  });

  it("of a path parameter", () => {
    const { pathParameters } = eventOf("/a/1/2");

    expect(entriesOf(pathParameters)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  });

  it("of a header of a response", () => {
    fc.assert(
      fc.property(pairs, pairs, (single, lists) => {
        const headers = asJson(Object.fromEntries(single));
        const multiValueHeaders = asJson(Object.fromEntries(listsOf(lists)));

        const answer = proxyResponse({ headers, multiValueHeaders });

        const names = new Set(["Content-Type", ...single.map(([key]) => key), ...lists.map(([key]) => key)]);
        expect(Object.keys(answer?.headers ?? {}).sort()).toEqual([...names].sort());
      }),
    );
  });

  it("of a message attribute of a queue", () => {
    fc.assert(
      fc.property(pairs, (attributes) => {
        const received = {
          MessageId: "m",
          ReceiptHandle: "h",
          Body: "b",
          MD5OfBody: "5",
          MessageAttributes: Object.fromEntries(
            attributes.map(([key, one]) => [key, { DataType: "String", StringValue: one }]),
          ),
        };

        const { messageAttributes } = asJson(toSqsRecord(received, "arn", "region"));

        const values = Object.entries(messageAttributes).map(([key, { stringValue }]) => [key, stringValue]);
        expect(sorted(values)).toEqual(sorted(new Map(attributes)));
      }),
    );
  });

  it("of a topic and of a header of a Kafka record", () => {
    fc.assert(
      fc.property(name, pairs, (topic, headers) => {
        const record = {
          topic,
          partition: 0,
          offset: 1n,
          timestampMs: 1,
          key: null,
          value: null,
          headers: headers.map(([key, one]) => [key, Buffer.from(one)] as const),
        };

        const { records } = asJson(toKafkaEvent([record], { clusterArn: "arn", brokers: "b" }));

        const received = records[`${topic}-0`]?.[0]?.headers.map((header) =>
          Object.entries(header).map(([key, bytes]) => [key, Buffer.from(bytes).toString()]),
        );
        expect(received?.flat()).toEqual(headers);
      }),
    );
  });

  it("of a metric and of its dimensions", () => {
    fc.assert(
      fc.property(name, name, value, (metric, dimension, text) => {
        fc.pre(metric !== dimension);
        const line = asJson(
          Object.fromEntries([
            [
              "_aws",
              {
                CloudWatchMetrics: [
                  { Namespace: "n", Dimensions: [[dimension]], Metrics: [{ Name: metric }] },
                ],
              },
            ],
            [metric, 7],
            [dimension, text],
          ]),
        );
        const store = createMetricStore({ now: () => 0 });

        for (const { id, value: one } of embeddedMetrics(line)) store.record(id, one);

        const [total, ...others] = store.totals();
        expect(others).toEqual([]);
        expect(total).toMatchObject({ sum: 7, id: { namespace: "n", name: metric } });
        expect(Object.entries(total?.id.dimensions ?? {})).toEqual([[dimension, text]]);
      }),
    );
  });

  it.each(HOSTILE)("of a dimension %s that is missing in the line", (dimension) => {
    const line = {
      _aws: { CloudWatchMetrics: [{ Namespace: "n", Dimensions: [[dimension]], Metrics: [{ Name: "m" }] }] },
      m: 1,
    };

    expect(Object.entries(embeddedMetrics(line)[0]?.id.dimensions ?? {})).toEqual([[dimension, "undefined"]]);
  });

  it.each(HOSTILE)("of a field %s in a filter pattern", (field) => {
    const passes = compileFilters([`{"${field}":[{"exists":true}]}`]);

    expect(passes({})).toBe(false);
    expect(passes(JSON.parse(`{"${field}":"x"}`))).toBe(true);
  });

  it.each(HOSTILE)("of a fault's target %s, existing or not", (target) => {
    const faults = createFaults({ functions: [target], tables: [] });
    const others = createFaults({ functions: ["stock"], tables: ["orders"] });

    faults.break(target);

    expect(faults.strikes({ kind: "function", name: target })).toBe(true);
    expect(others.strikes({ kind: "function", name: target })).toBe(false);
    expect(() => others.break(target)).toThrow(FaultError);
  });
});
