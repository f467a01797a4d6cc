import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { problemText } from "../../../lib/operator/target/api-client.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  [
    ["failed", "list", "--group", "xyz"],
    /--group takes 12 hex digits, shown by .*failed groups; received xyz/,
  ],
  [["failed", "list", "--status", "LOST"], /--status is one of OPEN, .*; received LOST/],
  [["failed", "list", "--reason", "LOST"], /--reason is one of MALFORMED_JSON, .*; received LOST/],
  [["failed", "list", "--consumer", "me"], /--consumer is one of order-created, .*; received me/],
  [["failed", "list", "--type", "me"], /--type is one of order.created, .*; received me/],
  [["failed", "groups", "--from", "noon"], /--from is a time such as 2026-01-31T12:00:00Z; received noon/],
  [["failed", "groups", "--to", "2026-02-30T00:00:00Z"], /--to is a time such as .*; received 2026-02-30/],
  [["failed", "redrive", "--group", "0123456789AB"], /12 hex digits/],
  [["orders", "place", "--sku", "a", "--email", "ada"], /--email is an address such as .*; received ada/],
  [
    ["orders", "place", "--sku", "a", "--currency", "euro"],
    /--currency is an ISO 4217 code.*; received euro/,
  ],
  [["orders", "republish"], /--status is required: one of PENDING/],
  [["stock", "set", "tea", "-5"], /<onHand> is a whole number from 0 to 1000000000; received -5/],
  [["orders", "place", "--quantity", "-5"], /--quantity is a whole number from 1 to 100000; received -5/],
  [["mend", "--now"], /Unknown option '--now'/],
  [["--stage", "prod"], /Name a command/],
])("%j ends with 3, asks nobody, and says what is wrong and where the help is", async (args, said) => {
  const { code, text, errors } = await api.run(...args);

  expect({ code, text }).toEqual({ code: 3, text: "" });
  const [reason, more, ...rest] = errors.trimEnd().split("\n");
  expect(reason).toMatch(said);
  expect(more).toMatch(/^order-events ([a-z ]+ )?--help tells more$/);
  expect(rest).toEqual([]);
  expect(api.asked).toEqual([]);
});

test.each([["2026-01-31T12:00:00Z"], ["2028-02-29T00:00:00.123456789Z"]])("--from takes %s", async (time) => {
  api.answers[`GET /failed-messages/groups?${new URLSearchParams({ from: time })}`] = [{ groups: [] }];

  expect((await api.run("failed", "groups", "--from", time)).code).toBe(0);
});

test.each([
  [["failed", "eat"], 'There is no command "failed eat".\norder-events failed --help tells more\n'],
  [["eat"], 'There is no command "eat".\norder-events --help tells more\n'],
])("%j is no command: 3, and which help tells more", async (args, said) => {
  const { code, errors } = await api.run(...args);

  expect({ code, errors }).toEqual({ code: 3, errors: said });
});

describe("a first word alone", () => {
  test("asks which of its commands, and shows no others", async () => {
    const { code, errors } = await api.run("failed");

    expect(code).toBe(3);
    expect(errors).toMatch(/^Say which:\n {2}order-events failed status/);
    expect(errors).toContain("order-events failed groups");
    expect(errors).not.toContain("order-events orders");
  });

  test("with --help ends with 0", async () => {
    const { code, text } = await api.run("stock", "--help");

    expect(code).toBe(0);
    expect(text).toContain("order-events stock set");
    expect(text).not.toContain("order-events failed");
  });
});

test("the help says what each exit code means", async () => {
  const { text } = await api.run("--help");

  for (const code of [0, 1, 2, 3]) expect(text).toMatch(new RegExp(`^(Exit codes:)? +${code} \\w`, "m"));
});

describe("what a problem says", () => {
  test.each([
    [
      { code: "C", title: "Not valid", detail: "/filter/x must be a string.", pointer: "/filter/x" },
      "400 C: Not valid. /filter/x must be a string",
    ],
    [{ code: "C", title: "No", detail: "It is wrong.", pointer: "/a" }, "400 C: No. It is wrong. at /a"],
    [
      { code: "C", title: "No", detail: "The body is required.", pointer: "" },
      "400 C: No. The body is required",
    ],
    [{ title: "No." }, "400: No"],
    [{}, "400: no reason given"],
  ])("%o is %s", (body, text) => {
    expect(problemText(400, body)).toBe(text);
  });
});

describe("what cannot be broken", () => {
  test("ends with 3, with what the stage says of it", async () => {
    const error = '"tea" names none of what can be broken, or several: mail, conflicts';
    api.answers["POST /_emulator/faults"] = [Response.json({ error }, { status: 400 })];

    const { code, errors } = await api.run("break", "tea");

    expect(code).toBe(3);
    expect(errors).toBe(`${error}\norder-events break --help tells more\n`);
  });

  test("ends with 1 and one line where the stage has none of it", async () => {
    api.answers["POST /_emulator/faults"] = [Response.json({ error: "no broker" }, { status: 409 })];

    expect(await api.run("break", "kafka")).toEqual({ code: 1, text: "", errors: "409: no broker\n" });
  });

  test.each([[["break", "mail"]], [["break", "message"]], [["mend"]]])(
    "is a deployment: %j",
    async (args) => {
      const { code, errors } = await api.run(...args, "--url", "https://api.example.com");

      expect(code).toBe(3);
      expect(errors).toContain("only an emulator on this machine");
      expect(api.asked).toMatchObject([{ method: "GET" }]);
    },
  );
});

test("break message names the failed message that becomes of each", async () => {
  api.answers["POST /_emulator/messages"] = [
    [{ what: "a body that is no JSON", failedKey: "order-created~1" }],
  ];

  const { code, text } = await api.run("break", "message");

  expect(code).toBe(0);
  expect(text).toContain("a body that is no JSON\n  order-events failed why order-created~1\n");
});

test.each([
  [[], "in a moment"],
  [[{ text: "mail", rate: 1 }], "in a moment"],
  [[{ text: "function:order-created", rate: 1 }], "once order-created is mended"],
])("break message, with the faults %j: each is parked %s", async (faults, when) => {
  api.answers["POST /_emulator/messages"] = [[{ what: "a body", failedKey: "k" }]];
  api.answers["GET /_emulator/faults"] = [faults];

  const { text } = await api.run("break", "message");

  expect(text).toContain(`each is parked ${when}:\n`);
});

test.each([
  [{ text: "kafka", rate: 1 }, "kafka is broken\n"],
  [{ text: "kafka", rate: 1, endsAt: Date.now() + 3_600_000 }, /^kafka is broken \(3\d{3} s to go\)\n$/],
  [{ text: "mail", rate: 0.5 }, "mail is broken (50 % of calls)\n"],
])("a broker is broken whole, anything else at a share of calls: %j", async (fault, said) => {
  api.answers["POST /_emulator/faults"] = [[fault]];

  expect((await api.run("break", fault.text)).text).toMatch(said);
});

test("the help of --for shows the times that its error names", async () => {
  const { text } = await api.run("break", "--help");
  const { errors } = await api.run("break", "mail", "--for", "soon");

  const [, times = ""] = /a time such as (.*); received soon/.exec(errors) ?? [];
  expect(times).not.toBe("");
  expect(text).toContain(times);
});
