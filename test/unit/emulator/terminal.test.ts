import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ignoreOtherTypes } from "../../../functions/orders/ignore-other-types.ts";
import { mailboxPage } from "../../../lib/emulator/control/mailbox-page.ts";
import { orderCommands } from "../../../lib/emulator/order-events/banner-commands.ts";
import { parseStartFlags } from "../../../lib/emulator/order-events/start-flags.ts";
import { banner } from "../../../lib/emulator/output/banner.ts";
import { compactFormat, jsonFormat } from "../../../lib/emulator/output/line-format.ts";
import { findDynamoDb, NoDynamoDbError } from "../../../lib/emulator/services/find-dynamodb.ts";
import type { LogLine } from "../../../lib/emulator/types.ts";
import { created, order } from "../../fixtures/events.ts";
import { hostileText, unprintableIn } from "../../fixtures/unprintable.ts";

const lineOf = (text: string, stream: LogLine["stream"] = "stdout"): LogLine => ({
  at: Date.UTC(2026, 0, 1, 12, 30, 5, 7),
  source: "order-created",
  stream,
  text,
});
const compact = (text: string) => {
  const formatted = compactFormat(lineOf(text));
  return formatted === undefined ? undefined : stripVTControlCharacters(formatted);
};

describe("a compact line", () => {
  it("shows a processed message with outcome, type, event and unusual details", () => {
    const audit = {
      audit: "attempt",
      consumer: "order-created",
      type: "order.created",
      eventId: "ORDER1:1:order.created",
      outcome: "park",
      why: "UNKNOWN_ORDER",
      attempt: 3,
    };

    expect(compact(JSON.stringify(audit))).toBe(
      "12:30:05.007  order-created    park       order.created    ORDER1:1  UNKNOWN_ORDER  attempt 3",
    );
  });

  it("omits metrics", () => {
    expect(compact('{"_aws":{},"mq.messages.received":1}')).toBeUndefined();
  });

  it("omits ignored events of foreign types, and shows other ignored ones", async () => {
    const [notOurs] = await ignoreOtherTypes([], async () => [])([created(order("key-1"))], 0);
    const audit = { audit: "attempt", type: "order.confirmed", eventId: "ORDER1:2:order.confirmed" };

    expect(compact(JSON.stringify({ ...audit, outcome: "ignored", ...notOurs }))).toBeUndefined();
    expect(compact(JSON.stringify({ ...audit, outcome: "ignored", why: "mail is off" }))).toContain(
      "ignored",
    );
  });

  it.each(["Init Error", "Invoke Error"])(
    "shows an error of the runtime with message and stack: %s",
    (title) => {
      const error = new TypeError("first\nsecond");
      const trace = [
        ...`TypeError: ${error.message}`.split("\n"),
        "    at load (file:///bundle/index.mjs:3:7)",
      ];
      const failure = { errorType: "TypeError", errorMessage: error.message, trace };
      const indent = " ".repeat(14);

      expect(compact(`${title} ${JSON.stringify(failure)}`)).toBe(
        [
          `12:30:05.007  order-created    ${title}: TypeError: first`,
          `${indent}second`,
          `${indent}    at load (file:///bundle/index.mjs:3:7)`,
        ].join("\n"),
      );
      expect(compact(`${title} {not json}`)).toContain(`${title} {not json}`);
    },
  );

  it("shows other JSON as message and fields, and text unchanged", () => {
    expect(compact('{"level":"error","message":"no answer","ms":5}')).toContain("no answer level=error ms=5");
    expect(compact("{not json")).toContain("{not json");
  });
});

describe("a JSON line", () => {
  it("has the function's own JSON unchanged", () => {
    expect(JSON.parse(jsonFormat(lineOf('{"a":[1]}', "stderr")) ?? "")).toEqual({
      at: Date.UTC(2026, 0, 1, 12, 30, 5, 7),
      source: "order-created",
      stream: "stderr",
      line: { a: [1] },
    });
  });
});

describe("K13: a line with foreign text", () => {
  const ESC = String.fromCharCode(27);
  const OWN_COLORS = new RegExp(`${ESC}\\[(?:0|2|22|31|32|33|36|39)m`, "g");
  const texts = fc.oneof(
    hostileText,
    fc
      .dictionary(fc.oneof(hostileText, fc.constantFrom("message", "level")), hostileText)
      .map((each) => JSON.stringify(each)),
    fc
      .tuple(hostileText, fc.constantFrom("park", "done", "x\u009b"))
      .map(([text, outcome]) =>
        JSON.stringify({ audit: text, outcome, type: text, eventId: text, why: text, attempt: 2 }),
      ),
  );

  it("has no control or bidi character except the emulator's own colors", () => {
    fc.assert(
      fc.property(texts, hostileText, fc.constantFrom("stdout", "stderr"), (text, source, stream) => {
        const line = { ...lineOf(text, stream), source };
        const json = jsonFormat(line) ?? "";

        expect(unprintableIn((compactFormat(line) ?? "").replace(OWN_COLORS, ""))).toEqual([]);
        expect(unprintableIn(json)).toEqual([]);
        expect(JSON.parse(json)).toMatchObject({ source });
      }),
    );
  });

  it("shows a foreign color escaped", () => {
    expect(compact('{"message":"\\u001b[32mdone\\u009b0m"}')).toContain("\\u{1b}[32mdone\\u{9b}0m");
  });

  it("indents further lines of a value, so that none resembles a line of the emulator", () => {
    const [, second] = (compact('{"message":"no\\n12:30:05.008  order-created    done"}') ?? "").split("\n");

    expect(second).toBe(`${" ".repeat(14)}12:30:05.008  order-created    done`);
  });

  it("keeps an audit line on one line", () => {
    const audit = {
      audit: "acknowledged",
      outcome: "park",
      type: "order.created",
      eventId: "A:1",
      why: "a\nb",
    };

    expect(compact(JSON.stringify(audit))).toContain("a\\u{a}b");
  });
});

describe("the flags of npm start", () => {
  it("default to port 4010, state in memory and compact lines", () => {
    expect(parseStartFlags([])).toEqual({
      kind: "run",
      port: 4010,
      json: false,
      watch: false,
      inspected: [],
      checksPermissions: true,
      dataDir: undefined,
      limits: {},
      backbones: ["queues"],
      processing: ["queues"],
      settings: {},
    });
  });

  it("accept a port, a folder, JSON and no check of permissions", () => {
    expect(parseStartFlags(["--port", "0", "--data", ".data", "--json", "--no-iam"])).toEqual({
      kind: "run",
      port: 0,
      json: true,
      watch: false,
      inspected: [],
      checksPermissions: false,
      dataDir: ".data",
      limits: {},
      backbones: ["queues"],
      processing: ["queues"],
      settings: {},
    });
  });

  it("accept the latency of AWS and the quotas of a region", () => {
    expect(parseStartFlags(["--latency", "aws", "--quotas", "eu-central-1"])).toMatchObject({
      kind: "run",
      limits: { latency: "aws", quotas: "eu-central-1" },
    });
  });

  it.each([
    [["--latency", "15"], "--latency takes aws; received 15"],
    [["--quotas", "Frankfurt"], "--quotas takes an AWS region, such as eu-central-1; received Frankfurt"],
  ])("refuse %j", (args, message) => {
    expect(parseStartFlags(args)).toEqual({ kind: "usage", message });
  });

  it.each([
    ["--kafka", ["--kafka"], ["queues", "kafka"], ["queues"]],
    ["a backbone that is Kafka", ["--processing", "kafka"], ["queues", "kafka"], ["kafka"]],
    ["two backbones", ["--kafka", "--processing", "queues,kafka"], ["queues", "kafka"], ["queues", "kafka"]],
    ["--rabbitmq", ["--rabbitmq"], ["queues", "rabbitmq"], ["queues"]],
    ["all backbones", ["--kafka", "--processing", "rabbitmq"], ["queues", "kafka", "rabbitmq"], ["rabbitmq"]],
  ])("start brokers for %s", (_name, args, backbones, processing) => {
    expect(parseStartFlags(args)).toMatchObject({ kind: "run", backbones, processing });
  });

  it.each([
    ["an invalid port", ["--port", "70000"], /from 0 to 65535; received 70000/],
    ["text for a port", ["--port", "http"], /received http/],
    ["an unknown flag", ["--prot", "1"], /--prot/],
    ["an unknown backbone", ["--processing", "sns"], /queues, kafka, rabbitmq,.* received sns/],
    ["no backbone", ["--processing", ""], /queues, kafka, rabbitmq/],
    ["a folder without name", ["--data", ""], /--data needs/],
    ["an unknown setting", ["-c", "maxPending=20"], /no setting "maxPending"/],
    ["a setting out of range", ["-c", "maxPendingSeconds=0"], /minimum 10.*received "0"/],
    ["a setting without a value", ["-c", "maxPendingSeconds"], /name=value/],
    ["a setting that has a flag", ["-c", "backbones=queues,kafka"], /use --kafka/],
    ["a debugger of no function", ["--inspect=order"], /--inspect must name one of .*order-created/],
    ["a debugger of a function of no running broker", ["--inspect=publish-to-kafka"], /received publish-to/],
    ["another stage", ["-c", "stage=prod"], /runs the stage local/],
  ])("refuse %s", (_name, args, message) => {
    expect(parseStartFlags(args)).toMatchObject({ kind: "usage", message: expect.stringMatching(message) });
  });

  it("accept settings of the stacks", () => {
    const args = ["-c", "maxPendingSeconds=20", "-c", "alarmThresholds=message-age:30"];

    expect(parseStartFlags(args)).toMatchObject({
      kind: "run",
      settings: { maxPendingSeconds: "20", alarmThresholds: "message-age:30" },
    });
  });

  it("accept debuggers, which follow the sources too", () => {
    expect(parseStartFlags(["--inspect=order-created"])).toMatchObject({
      watch: true,
      inspected: ["order-created"],
    });
    expect(parseStartFlags(["--inspect", "--json"])).toMatchObject({
      json: true,
      inspected: expect.arrayContaining(["place-order", "order-created"]),
    });
    expect(parseStartFlags(["--inspect=publish-to-kafka", "--kafka"])).toMatchObject({
      inspected: ["publish-to-kafka"],
    });
    expect(parseStartFlags(["--watch"])).toMatchObject({ watch: true, inspected: [] });
  });

  it("accept --help", () => {
    expect(parseStartFlags(["--help"])).toEqual({ kind: "help" });
  });
});

describe("the banner", () => {
  it("names the address in each of its commands", () => {
    const url = "http://127.0.0.1:4999";
    const text = banner(
      { url, apis: [{ name: "orders", url }], model: { leftOut: [] } },
      { name: "order-events", readyMs: 1234, dataDir: undefined, commands: orderCommands(url) },
    );

    const curls = text.split("\n").filter((line) => line.includes("curl"));
    expect(curls.length).toBeGreaterThanOrEqual(6);
    expect(curls.every((line) => line.includes("http://127.0.0.1:4999/"))).toBe(true);
    expect(text).toContain("ready in 1.2 s");
  });

  it("names each API of several, and what is not run in one line each", () => {
    const text = banner(
      {
        url: "http://127.0.0.1:1",
        apis: [
          { name: "shop", url: "http://127.0.0.1:1" },
          { name: "admin", url: "http://127.0.0.1:2" },
        ],
        model: { leftOut: [{ path: "Shop/Flow", reason: "AWS::StepFunctions::StateMachine is not run" }] },
      },
      { name: "shop", readyMs: 1, dataDir: undefined },
    );

    expect(text).toMatch(/^ {2}shop +http:\/\/127\.0\.0\.1:1\n {2}admin +http:\/\/127\.0\.0\.1:2$/m);
    expect(text).toMatch(/^Not run:\n {2}Shop\/Flow: AWS::StepFunctions::StateMachine is not run$/m);
  });
});

describe("the mailbox page", () => {
  it("H5: shows hostile text as text", () => {
    const page = mailboxPage([
      { id: "1", at: 0, from: "a", to: ["<img src=x>"], subject: "<script>alert(1)</script>", text: `"&'` },
    ]);

    expect(page).not.toMatch(/<script>|<img/);
    expect(page).toContain("&lt;script&gt;");
    expect(page).toContain("&quot;&amp;&#39;");
  });
});

describe("finding DynamoDB", () => {
  it("uses the given endpoint", () => {
    expect(findDynamoDb({ DYNAMODB_ENDPOINT: "http://db:8000" })).toEqual({
      kind: "endpoint",
      url: "http://db:8000",
    });
  });

  it("names the command that installs it where it is missing", () => {
    expect(() => findDynamoDb({ PATH: "/nowhere" }, "plan9-mips")).toThrow(NoDynamoDbError);
    expect(() => findDynamoDb({ PATH: "/nowhere" }, "plan9-mips")).toThrow(
      /npm install --no-save @dynoxide\/plan9-mips/,
    );
  });
});
