import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FUNCTIONS } from "../../../functions/consumers/consumers.ts";
import { METRICS, SERVICE } from "../../../functions/contract/names.ts";
import { awsObservatory } from "../../../lib/operator/observe/aws-observatory.ts";
import type { Observatory } from "../../../lib/operator/observe/observatory.ts";
import { type FakeAws, openFakeAws } from "../../fakes/fake-aws.ts";
import { attemptLine } from "../../fixtures/audit-lines.ts";

let aws: FakeAws;
beforeAll(async () => {
  aws = await openFakeAws();
});
afterAll(() => aws.close());

const NOW = Date.UTC(2026, 0, 1, 12, 0, 30);
const MINUTE = 60_000;
let now: number;
let observatory: Observatory;
const observe = (more: { readonly consumers?: readonly string[] } = {}) =>
  awsObservatory({
    stage: "prod",
    access: {
      region: "eu-central-1",
      credentials: async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret" }),
    },
    endpoint: aws.endpoint,
    now: () => now,
    async sleep(ms) {
      now += ms;
    },
    ...more,
  });
beforeEach(async () => {
  aws.calls.length = 0;
  now = NOW;
  observatory = await observe();
});
const callsOf = (operation: string) => aws.calls.filter((call) => call.operation === operation);

describe("queues of a deployment", () => {
  const COUNTS: Readonly<Record<string, readonly [visible: number, inFlight: number, delayed: number]>> = {
    "order-events-prod-order-created": [3, 2, 1],
    "order-events-prod-order-created-dlq": [4, 1, 0],
    "order-events-prod-order-created-undelivered": [6, 0, 0],
  };

  test("have counts by SQS, and an age by CloudWatch unless empty", async () => {
    aws.answer("GetQueueUrl", ({ QueueName }) => ({ QueueUrl: `${aws.endpoint}/1/${QueueName}` }));
    aws.answer("GetQueueAttributes", ({ QueueUrl }) => {
      const [visible, inFlight, delayed] = COUNTS[String(QueueUrl).split("/").at(-1) ?? ""] ?? [0, 0, 0];
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(inFlight),
          ApproximateNumberOfMessagesDelayed: String(delayed),
        },
      };
    });
    aws.answer("GetMetricData", () => ({
      MetricDataResults: ["q0", "q1"].map((Id) => ({ Id, Timestamps: [NOW / 1_000], Values: [77] })),
    }));

    const queues = await observatory.queues();
    await observatory.queues();

    expect(queues).toEqual([
      {
        consumer: "order-created",
        waiting: 4,
        inFlight: 2,
        deadLetters: 5,
        undelivered: 6,
        oldestSeconds: 77,
      },
      { consumer: "order-cancelled", waiting: 0, inFlight: 0, deadLetters: 0, undelivered: 0 },
      { consumer: "notify-customer", waiting: 0, inFlight: 0, deadLetters: 0, undelivered: 0 },
    ]);
    expect([callsOf("GetQueueUrl").length, callsOf("GetQueueAttributes").length]).toEqual([9, 18]);
  });
});

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: { MetricName: string; Namespace: string; Dimensions: { Name: string; Value: string }[] };
    readonly Stat: string;
    readonly Period: number;
  };
}
const dimensionsOf = ({ MetricStat }: Query) =>
  Object.fromEntries(MetricStat.Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));

describe("metrics of a deployment", () => {
  test("are assigned to their minute, over all pages, and summed over the types of a consumer", async () => {
    aws.answer("GetMetricData", ({ MetricDataQueries, NextToken }) => {
      const queries = MetricDataQueries as readonly Query[];
      const page = NextToken === undefined ? 0 : 1;
      return {
        ...(page === 0 ? { NextToken: "more" } : {}),
        MetricDataResults: queries
          .filter(
            ({ MetricStat: { Metric, Stat } }) =>
              Metric.MetricName === METRICS.failed ||
              Stat === "p99" ||
              Metric.Dimensions.some(({ Value }) => /-(order-created|maintenance)$/.test(Value)),
          )
          .map(({ Id }) => ({
            Id,
            Timestamps: [(NOW - 30_000 - page * MINUTE) / 1_000],
            Values: [page + 1],
          })),
      };
    });

    const { at, stepSeconds, series } = await observatory.metrics(5);

    expect(stepSeconds).toBe(60);
    expect(at).toEqual([-4, -3, -2, -1, 0].map((minute) => NOW - 30_000 + minute * MINUTE));
    const valuesOf = (name: string, consumer?: string) =>
      series.find((each) => each.name === name && each.consumer === consumer)?.values;
    expect(valuesOf("failed")).toEqual([null, null, null, 2, 1]);
    expect(valuesOf("failed", "notify-customer")).toEqual([null, null, null, 8, 4]);
    expect(valuesOf("errors"), "crashes of two functions").toEqual([null, null, null, 4, 2]);
    expect(valuesOf("errors", "order-created")).toEqual([null, null, null, 2, 1]);
    expect(valuesOf("processingP99")).toEqual([null, null, null, 2, 1]);
    expect(valuesOf("parked")).toEqual([null, null, null, null, null]);
  });

  test("are requested with the dimensions that the functions report", async () => {
    aws.answer("GetMetricData", () => ({ MetricDataResults: [] }));

    await observatory.metrics(180);

    const [call] = callsOf("GetMetricData");
    const queries = call?.input["MetricDataQueries"] as readonly Query[];
    expect(queries.length).toBeLessThan(100);
    expect(new Set(queries.map(({ Id }) => Id)).size).toBe(queries.length);
    const isOwn = ({ MetricStat }: Query) => MetricStat.Metric.Namespace === SERVICE;
    const ofFunctions = queries.filter(({ MetricStat }) => MetricStat.Metric.Namespace === "AWS/Lambda");
    const ofApi = queries.filter(({ MetricStat }) => MetricStat.Metric.Namespace === "AWS/ApiGateway");
    expect(ofApi.map(({ MetricStat }) => MetricStat.Metric.MetricName)).toEqual(["Count", "5XXError"]);
    for (const query of ofApi)
      expect(dimensionsOf(query)).toEqual({ ApiName: "order-events-prod", Stage: "v1" });
    expect(ofFunctions.map((query) => dimensionsOf(query)["FunctionName"])).toEqual(
      FUNCTIONS.map((name) => `order-events-prod-${name}`),
    );
    for (const { MetricStat } of ofFunctions)
      expect(MetricStat.Metric).toMatchObject({ Namespace: "AWS/Lambda", MetricName: "Errors" });
    for (const query of queries.filter(isOwn)) {
      const names = Object.keys(dimensionsOf(query)).sort().join();
      expect(["service", "consumer,service,type"]).toContain(names);
      expect(dimensionsOf(query)["service"]).toBe("order-events-prod");
    }
  });
});

describe("alarms of a deployment", () => {
  const alarm = (name: string, state: string, kind: string) => ({
    AlarmName: name,
    StateValue: state,
    StateReason: "Threshold Crossed: 1 datapoint",
    StateUpdatedTimestamp: NOW / 1_000,
    AlarmDescription: `It is off. Runbook: lib/stacks/runbooks.md#alarm-${kind}`,
  });

  test("are those of the stage only, those in ALARM first", async () => {
    aws.answer("DescribeAlarms", ({ NextToken }) =>
      NextToken === undefined
        ? {
            NextToken: "2",
            MetricAlarms: [
              alarm("order-events-prod-api-errors", "OK", "api-errors"),
              alarm("order-events-prod-eu-api-errors", "ALARM", "api-errors"),
            ],
          }
        : {
            MetricAlarms: [alarm("order-events-prod-dead-lettered-order-created", "ALARM", "dead-lettered")],
          },
    );

    const alarms = await observatory.alarms();

    expect(alarms.map(({ name, state }) => [name, state])).toEqual([
      ["order-events-prod-dead-lettered-order-created", "ALARM"],
      ["order-events-prod-api-errors", "OK"],
    ]);
    expect(alarms[0]).toMatchObject({
      consumer: "order-created",
      runbook: "alarm-dead-lettered",
      description: "It is off.",
      reason: "Threshold Crossed: 1 datapoint",
      since: NOW,
    });
  });
});

describe("the timeline of an order in a deployment", () => {
  const line = (at: number, orderId = "ORDER1") => attemptLine({ at, eventId: `${orderId}:1:order.created` });
  const result = (message: string, group = "order-created") => [
    { field: "@message", value: `${message}\n` },
    { field: "@log", value: `1234:/order-events/prod/${group}` },
    { field: "@ptr", value: "x" },
  ];

  test("is polled until Logs Insights is complete, and sorted by time", async () => {
    aws.answer("StartQuery", () => ({ queryId: "q-1" }));
    const answers = [
      { status: "Scheduled" },
      { status: "Running", results: [result(line(5))] },
      {
        status: "Complete",
        results: [result(line(9)), result(line(5)), result(line(7, "ORDER10")), result("noise")],
      },
    ];
    aws.answer("GetQueryResults", () => answers.shift() ?? { status: "Failed" });

    const { entries } = await observatory.timeline("ORDER1");

    expect(entries.map(({ at, source, outcome }) => [at, source, outcome])).toEqual([
      [5, "order-created", "done"],
      [9, "order-created", "done"],
    ]);
    const [{ input } = { input: {} }] = callsOf("StartQuery");
    expect(input).toMatchObject({ queryString: expect.stringContaining("'ORDER1:'") });
  });

  test("has the crashed invocations of a consumer that has written no line since the publication", async () => {
    aws.answer("StartQuery", () => ({ queryId: "q-1" }));
    const published = attemptLine({
      at: NOW - MINUTE,
      consumer: "publish-events",
      eventId: "ORDER1:1:order.created",
    });
    aws.answer("GetQueryResults", () => ({
      status: "Complete",
      results: [result(published, "publish-events")],
    }));
    const requestId = "11111111-2222-3333-4444-555555555555";
    aws.answer("FilterLogEvents", () => ({
      events: [
        {
          eventId: "1",
          timestamp: NOW,
          message: `2026-01-01T12:00:00.000Z ${requestId} Task timed out after 30.00 seconds\n`,
        },
        { eventId: "2", timestamp: NOW, message: `{"why":"Task timed out after an hour"}\n` },
      ],
    }));

    const { entries } = await observatory.timeline("ORDER1");

    expect(entries.slice(1)).toEqual([
      {
        at: NOW,
        source: "order-created",
        event: "ORDER1:1:order.created",
        type: "order.created",
        outcome: "crashed",
        detail: "probably with this event: Task timed out after 30.00 seconds",
        requestId,
      },
    ]);
    expect(callsOf("FilterLogEvents").map(({ input }) => input)).toEqual([
      expect.objectContaining({
        logGroupName: "/order-events/prod/order-created",
        startTime: NOW - MINUTE,
        endTime: now,
        filterPattern: expect.stringContaining('?"Task timed out after"'),
      }),
    ]);
  });

  test("needs no log group of a consumer that is not deployed", async () => {
    aws.answer("StartQuery", () => ({ queryId: "q-1" }));
    const eventId = "ORDER1:2:order.confirmed";
    const published = attemptLine({ at: NOW, consumer: "publish-events", eventId, type: "order.confirmed" });
    aws.answer("GetQueryResults", () => ({
      status: "Complete",
      results: [result(published, "publish-events")],
    }));
    aws.answer("FilterLogEvents", () => ({ error: "ResourceNotFoundException", message: "no such group" }));
    const { timeline } = await observe({ consumers: ["order-created", "order-cancelled"] });

    expect((await timeline("ORDER1")).entries.map(({ event }) => event)).toEqual([eventId]);
    await expect(observatory.timeline("ORDER1")).rejects.toThrow("no such group");
  });

  test("omits the functions of Kafka where it is not deployed, also in later searches", async () => {
    aws.answer("StartQuery", ({ logGroupNames }) =>
      (logGroupNames as string[]).some((name) => name.includes("kafka"))
        ? { error: "ResourceNotFoundException", message: "Log group does not exist" }
        : { queryId: "q-1" },
    );
    aws.answer("GetQueryResults", () => ({ status: "Complete", results: [] }));

    await observatory.timeline("ORDER1");
    await observatory.timeline("ORDER1");

    expect(callsOf("StartQuery")).toHaveLength(3);
  });

  test.each(["", "A' or @message like '", "x".repeat(65)])(
    "sends no query for an invalid order id: %j",
    async (id) => {
      expect(await observatory.timeline(id)).toEqual({ orderId: id, entries: [] });
      expect(aws.calls).toEqual([]);
    },
  );

  test.each([
    ["Failed", "ended with status Failed"],
    ["Running", "did not complete in 60 s"],
  ])("rejects when the search stays %s", async (status, message) => {
    aws.answer("StartQuery", () => ({ queryId: "q-1" }));
    aws.answer("GetQueryResults", () => ({ status }));

    await expect(observatory.timeline("ORDER1")).rejects.toThrow(message);
  });
});

describe("what happens now in a deployment", () => {
  const attempt = (at: number, more: object = {}) => attemptLine({ at, ...more });
  const event = (eventId: string, message: string, timestamp = NOW) => ({
    eventId,
    timestamp,
    message: `${message}\n`,
    logStreamName: "s",
  });
  const groupOf = (input: Readonly<Record<string, unknown>>) => String(input["logGroupName"]);
  /** Answers by the end of the group's name; nothing for the others. */
  const answer = (events: Readonly<Record<string, readonly object[]>>) =>
    aws.answer("FilterLogEvents", (input) => ({
      events: Object.entries(events).find(([name]) => groupOf(input).endsWith(`/${name}`))?.[1] ?? [],
    }));

  test("are the attempts, acts and crashes of all functions, the latest first", async () => {
    answer({
      "order-created": [
        event("1", attempt(NOW - 3_000)),
        event(
          "2",
          "2026-01-01T12:00:00.000Z 7c0d1c3e-0000-4000-8000-000000000000 Task timed out after 3.00 seconds",
        ),
        event("3", "a line that has audit in it"),
      ],
      "place-order": [event("4", attempt(NOW - 4_000, { audit: "accepted" }))],
      "failed-messages": [
        event("5", JSON.stringify({ audit: "operator", at: NOW - 1_000, act: "discard", by: "olga" })),
      ],
    });

    const { entries, isCut } = await observatory.live({});

    expect(entries.map(({ id, source, outcome }) => [id, source, outcome])).toEqual([
      ["2", "order-created", "crashed"],
      ["5", "operator", "discard"],
      ["1", "order-created", "done"],
      ["4", "place-order", "accepted"],
    ]);
    expect(isCut).toBe(false);
  });

  test("are searched from five minutes ago, then from shortly before the cursor", async () => {
    answer({});
    const { cursor } = await observatory.live({});
    const first = callsOf("FilterLogEvents").length;
    now += 20_000;

    await observatory.live({}, cursor);

    const since = callsOf("FilterLogEvents").map(({ input }) => NOW - Number(input["startTime"]));
    expect([since[0], since[first]]).toEqual([300_000, 15_000]);
  });

  test("of one consumer and order are searched in its log group by the id", async () => {
    answer({ "order-created": [event("1", attempt(NOW)), event("2", attempt(NOW, { outcome: "retry" }))] });

    const { entries } = await observatory.live({
      consumer: "order-created",
      orderId: "ORDER1",
      outcome: "retry",
    });

    expect(callsOf("FilterLogEvents").map(({ input }) => [groupOf(input), input["filterPattern"]])).toEqual([
      ["/order-events/prod/order-created", '"ORDER1"'],
    ]);
    expect(entries.map(({ id }) => id)).toEqual(["2"]);
  });

  test("of operators are searched where they act", async () => {
    answer({});

    await observatory.live({ consumer: "operator" });

    const searched = callsOf("FilterLogEvents").map(({ input }) => groupOf(input).split("/").at(-1));
    expect(searched.sort()).toEqual([
      "failed-messages",
      "jobs",
      "maintenance",
      "pause-consumers",
      "replay-events",
      "unsuppress-addresses",
    ]);
  });

  test("are read over a few pages, and what is beyond is reported", async () => {
    let page = 0;
    aws.answer("FilterLogEvents", (input) =>
      groupOf(input).endsWith("/order-created")
        ? { events: [event(String(page), attempt(NOW + page++))], nextToken: `t${page}` }
        : { events: [] },
    );

    const { entries, isCut } = await observatory.live({ consumer: "order-created" });

    expect([entries.length, callsOf("FilterLogEvents").length, isCut]).toEqual([3, 3, true]);
  });

  test("omit the functions of a broker that is not deployed, and no other missing log group", async () => {
    aws.answer("FilterLogEvents", (input) =>
      groupOf(input).includes("kafka") || groupOf(input).includes("rabbitmq")
        ? { error: "ResourceNotFoundException", message: "The specified log group does not exist." }
        : { events: [] },
    );
    await observatory.live({});
    const first = callsOf("FilterLogEvents").length;
    await observatory.live({});
    aws.answer("FilterLogEvents", () => ({ error: "ResourceNotFoundException", message: "no such group" }));

    const groups = callsOf("FilterLogEvents")
      .slice(first)
      .map(({ input }) => groupOf(input));
    expect(groups.filter((name) => /kafka|rabbitmq/.test(name))).toEqual([]);
    await expect(observatory.live({})).rejects.toThrow("no such group");
  });

  test.each(["", 'A" ?"x', "x".repeat(65)])(
    "sends no search for an invalid order id: %j",
    async (orderId) => {
      expect((await observatory.live({ orderId })).entries).toEqual([]);
      expect(aws.calls).toEqual([]);
    },
  );
});

describe("the log of an invocation in a deployment", () => {
  const ID = "7c0d1c3e-9a55-4c52-8c57-0a5a7e8a4f10";
  const event = (timestamp: number, message: string) => ({
    timestamp,
    message: `${message}\n`,
    logStreamName: "s",
  });
  const STREAM = [
    event(1, "END RequestId: before"),
    event(1, "REPORT RequestId: before"),
    event(1, `START RequestId: ${ID} Version: $LATEST`),
    event(
      2,
      JSON.stringify({ audit: "attempt", requestId: ID, why: "Error: x", stack: ["at a (index.mjs:1:1)"] }),
    ),
    event(2, '{"_aws":{"Timestamp":1}}'),
    event(3, `2026-01-01T12:00:00.000Z\t${ID}\tERROR\tbad`),
    event(4, `END RequestId: ${ID}`),
    event(4, `REPORT RequestId: ${ID}\tDuration: 3 ms`),
    event(4, "START RequestId: after Version: $LATEST"),
  ];
  /** By the id in one log group, then by the stream that it found. */
  const answer = (group: string) =>
    aws.answer("FilterLogEvents", (input) => {
      if (!String(input["logGroupName"]).endsWith(`/${group}`)) return { events: [] };
      if (input["logStreamNames"] !== undefined) return { events: STREAM };
      return { events: STREAM.filter(({ message }) => message.includes(ID)) };
    });

  test("is what its stream has from START to REPORT, without metrics", async () => {
    answer("order-created");

    const log = await observatory.invocation({ requestId: ID, source: "order-created", at: NOW });

    expect(log).toMatchObject({ requestId: ID, source: "order-created", isCut: false });
    expect(log.lines.map(({ text, isError }) => [text.slice(0, 8), isError])).toEqual([
      ["START Re", false],
      ['{"audit"', true],
      ["2026-01-", true],
      ["END Requ", false],
      ["REPORT R", false],
    ]);
    expect(log.lines[1]?.stack).toEqual(["at a (index.mjs:1:1)"]);
    expect(callsOf("FilterLogEvents").map(({ input }) => [input["startTime"], input["endTime"]])).toEqual([
      [NOW - 900_000, NOW + 900_000],
      [1, 5],
    ]);
  });

  test("is searched in all functions, back to the given time, where its function is unknown", async () => {
    answer("maintenance");

    const { source } = await observatory.invocation({ requestId: ID, sinceMs: 60_000 });

    expect(source).toBe("maintenance");
    expect(callsOf("FilterLogEvents")[0]?.input["startTime"]).toBe(NOW - 60_000);
  });

  test("of an unknown id has no lines, also where functions are not deployed", async () => {
    aws.answer("FilterLogEvents", (input) =>
      String(input["logGroupName"]).includes("kafka")
        ? { error: "ResourceNotFoundException", message: "no such group" }
        : { events: [] },
    );

    expect(await observatory.invocation({ requestId: ID })).toEqual({
      requestId: ID,
      lines: [],
      isCut: false,
    });
  });

  test("is refused for an unknown function, with the known ones", async () => {
    await expect(observatory.invocation({ requestId: ID, source: "none" })).rejects.toThrow(
      /no function none\. Functions: .*order-created/,
    );
  });

  test.each(["", 'A" ?"x', "x".repeat(65)])("sends no search for an invalid id: %j", async (requestId) => {
    expect((await observatory.invocation({ requestId })).lines).toEqual([]);
    expect(aws.calls).toEqual([]);
  });
});

test("the messages of a queue in a deployment are not shown, with the reason", async () => {
  await expect(observatory.peek("order-created")).rejects.toThrow("each receive counts as an attempt");
  expect(aws.calls).toEqual([]);
});
