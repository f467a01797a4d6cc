import { describe, expect, test } from "vitest";
import {
  declarationOf,
  FUNCTIONS,
  QUEUE_CONSUMERS,
  SUBSCRIPTIONS,
} from "../../functions/consumers/consumers.ts";
import { ENV, ownTableVariable } from "../../functions/contract/names.ts";
import { readingOf } from "../../lib/config.ts";
import {
  environmentOf,
  functionOf,
  functions,
  logicalId,
  permissionsOf,
  short,
  stacks,
} from "./service-functions.ts";
import type { Value } from "./synthesized.ts";

describe("functions", () => {
  test("are those of the contract", () => {
    expect([...functions.keys()].sort()).toEqual([...FUNCTIONS].sort());
  });

  test.each(FUNCTIONS)("%s runs on nodejs24.x and arm64, with a log retention", (name) => {
    const { properties } = functionOf(name);
    const group = stacks
      .resources("service", "AWS::Logs::LogGroup")
      .find(({ id }) => id === properties.LoggingConfig.LogGroup.Ref);

    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
    });
    expect(properties.LoggingConfig.LogFormat).toBe("Text");
    expect(properties.TracingConfig).toBeUndefined();
    expect(group?.properties.RetentionInDays).toBe(30);
    expect(group?.properties.LogGroupName).toBe(`/order-events/dev/${name}`);
  });

  test.each(QUEUE_CONSUMERS)("%s has the time-out of its declaration, else of the settings", (name) => {
    const { timeoutSeconds } = readingOf(stacks.orderEvents.settings, declarationOf(name));

    expect(functionOf(name).properties.Timeout).toBe(timeoutSeconds);
  });

  test("C13: terminate recursive loops of queues and functions", () => {
    for (const [name, { properties }] of functions)
      expect(properties.RecursiveLoop ?? "Terminate", name).toBe("Terminate");
  });
});

describe("the environment", () => {
  test("has only names of the contract and of a consumer's own tables", () => {
    const own = QUEUE_CONSUMERS.flatMap((name) => declarationOf(name).tables ?? []);
    const known = new Set<string>([...Object.values(ENV), ...own.map(({ name }) => ownTableVariable(name))]);

    for (const name of FUNCTIONS)
      expect(
        Object.keys(environmentOf(name)).filter((each) => !known.has(each)),
        name,
      ).toEqual([]);
  });

  test("has the service name of its metrics", () => {
    for (const name of FUNCTIONS) expect(environmentOf(name)["SERVICE"], name).toBe("order-events-dev");
  });

  test.each(Object.keys(SUBSCRIPTIONS))("of %s has its queue and its receive count", (name) => {
    expect(short(environmentOf(name)["QUEUE_URL"])).toBe(`${logicalId(name)}Source`);
    expect(environmentOf(name)["MAX_RECEIVE_COUNT"]).toBe("5");
  });

  test.each(QUEUE_CONSUMERS)("of %s has its own tables, and those of no other consumer", (name) => {
    const named = Object.entries(environmentOf(name)).filter(([variable]) => variable.startsWith("TABLE_"));

    expect(named.map(([variable, value]) => [variable, short(value)]).sort()).toEqual(
      (declarationOf(name).tables ?? [])
        .map((table) => [ownTableVariable(table.name), logicalId(name, table.name)])
        .sort(),
    );
  });

  test("names exactly the tables that the function has access to", () => {
    const variables = {
      ORDERS_TABLE: "Orders",
      STOCK_TABLE: "Stock",
      NOTIFICATIONS_TABLE: "Notifications",
      FAILED_MESSAGES_TABLE: "FailedMessages",
      EFFECTS_TABLE: "Effects",
      CRASHED_BATCHES_BUCKET: "CrashedBatches",
      TOPIC_ARN: "Topic",
    };

    for (const name of FUNCTIONS) {
      const reached = Object.entries(permissionsOf(name))
        // The event source mapping reads the stream and writes to the bucket; the code uses neither.
        .filter(([action]) => !(name === "publish-events" && action.startsWith("s3:")))
        .flatMap(([, where]) => where)
        .filter((each) => !each.endsWith("/stream"))
        .map((each) => each.split("/")[0]);
      for (const [variable, resource] of Object.entries(variables))
        expect(variable in environmentOf(name), `${name} ${variable}`).toBe(reached.includes(resource));
    }
  });

  test("of dead-letters names the consumer and the source of every dead-letter queue", () => {
    const { "Fn::Join": [, parts] = [] } = environmentOf("dead-letters")["DEAD_LETTER_SOURCES"] as {
      "Fn::Join"?: [string, Value[]];
    };
    const text = parts?.map((part) => (typeof part === "string" ? part : short(part))).join("") ?? "";

    expect(JSON.parse(text)).toEqual(
      Object.keys(SUBSCRIPTIONS).flatMap((consumer) => {
        const id = logicalId(consumer);
        return ["DeadLetters", "Undelivered"].map((role) => ({
          arn: `${id}${role}`,
          consumer,
          queueUrl: `${id}Source`,
        }));
      }),
    );
    expect(environmentOf("dead-letters")["DLQ_RETRY_DELAYS_SECONDS"]).toBe("30,240,900");
  });

  test("of place-order names the queue whose length admission reads", () => {
    expect(short(environmentOf("place-order")["BACKLOG_QUEUE_URL"])).toBe("ordercreatedSource");
    expect(environmentOf("place-order")["BACKLOG_LIMIT"]).toBe("10000");
  });
});
