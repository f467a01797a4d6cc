import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { COMMANDS } from "../../../lib/operator/cli/run-command.ts";
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
    /--group must be 12 hex digits, listed by .*failed groups; received xyz/,
  ],
  [["failed", "list", "--order", "random"], /--order must be one of oldest, newest; received random/],
  [["failed", "list", "--limit", "0"], /--limit must be a whole number from 1 to 10000; received 0/],
  [["failed", "list", "--limit", "5", "--all"], /--all and --limit exclude each other/],
  [["failed", "list", "--search", " "], /--search must be a text of 1 to 200 characters/],
  [["failed", "list", "--status", "LOST"], /--status must be one of OPEN, .*; received LOST/],
  [["failed", "list", "--reason", "LOST"], /--reason must be one of MALFORMED_JSON, .*; received LOST/],
  [["failed", "why", ""], /expected one argument: <failedKey>/],
  [["failed", "list", "--prefix", "acme"], /--prefix needs --stage/],
  [["failed", "list", "--consumer", "me"], /--consumer must be one of .*order-created, .*; received me/],
  [["failed", "list", "--type", "me"], /--type must be one of order.created, .*; received me/],
  [
    ["failed", "groups", "--from", "noon"],
    /--from must be a time such as 2026-01-31T12:00:00Z; received noon/,
  ],
  [
    ["failed", "groups", "--to", "2026-02-30T00:00:00Z"],
    /--to must be a time such as .*; received 2026-02-30/,
  ],
  [["failed", "redrive", "--group", "0123456789AB"], /12 hex digits/],
  [
    ["orders", "place", "--sku", "a", "--email", "ada"],
    /--email must be an address such as .*; received ada/,
  ],
  [
    ["orders", "place", "--sku", "a", "--currency", "euro"],
    /--currency must be an ISO 4217 code.*; received euro/,
  ],
  [["orders", "republish"], /--status is required: one of PENDING/],
  [["stock", "set", "tea", "-5"], /<onHand> must be a whole number from 0 to 1000000000; received -5/],
  [
    ["orders", "place", "--quantity", "-5"],
    /--quantity must be a whole number from 1 to 100000; received -5/,
  ],
  [
    ["break", "mail", "--stage", "prod"],
    /^break is for the emulator; a deployment cannot be broken or mended$/,
  ],
  [["mend", "--profile", "x"], /^mend is for the emulator; a deployment cannot be broken or mended$/],
  [["break", "--rate", "0.5"], /^--rate and --for need a target$/],
  [["dead-letters", "list", "--stage", "prod"], /^dead-letters list is for the emulator; in AWS: aws sqs /],
  [
    ["dead-letters", "redrive", "a-dlq", "--url", "https://a.example", "--profile", "shop"],
    /for the emulator; in AWS: aws sqs start-message-move-task .* --destination-arn /,
  ],
  [["mend", "--now"], /Unknown option '--now'/],
  [["mend", "--nope"], /^Unknown option '--nope'\.$/],
  [["mend", "--roel", "reader"], /Did you mean "--role"\?$/],
  [["orders", "place", "--url", "-x"], /^Option '--url' argument is ambiguous\. Did you forget/],
  [["--stage", "prod"], /Missing command/],
])("%j ends with 3 before any request and prints the error and the help command", async (args, message) => {
  const { code, text, errors } = await api.run(...args);

  expect({ code, text }).toEqual({ code: 3, text: "" });
  const [reason, more, ...rest] = errors.trimEnd().split("\n");
  expect(reason).toMatch(message);
  expect(more).toMatch(/^See: {2}order-events ([a-z -]+ )?--help$/);
  expect(rest).toEqual([]);
  expect(api.asked).toEqual([]);
});

test.each([["2026-01-31T12:00:00Z"], ["2028-02-29T00:00:00.123456789Z"]])("--from takes %s", async (time) => {
  api.answers[`GET /failed-messages/groups?${new URLSearchParams({ from: time })}`] = [{ groups: [] }];

  expect((await api.run("failed", "groups", "--from", time)).code).toBe(0);
});

test.each([
  [["failed", "eat"], 'Unknown command "failed eat".\nSee:  order-events failed --help\n'],
  [["eat"], 'Unknown command "eat".\nSee:  order-events --help\n'],
  [["hepl"], 'Unknown command "hepl". Did you mean "help"?\nSee:  order-events --help\n'],
  [
    ["orders", "plcae"],
    'Unknown command "orders plcae". Did you mean "orders place"?\nSee:  order-events orders --help\n',
  ],
])("%j is an unknown command: 3 and the help command", async (args, message) => {
  const { code, errors } = await api.run(...args);

  expect({ code, errors }).toEqual({ code: 3, errors: message });
});

describe("a first word alone", () => {
  test("lists its subcommands and no others", async () => {
    const { code, errors } = await api.run("failed");

    expect(code).toBe(3);
    expect(errors).toMatch(/^Missing subcommand. Available:\n {2}order-events failed status/);
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

test.each([
  [["help"], ["--help"]],
  [
    ["help", "failed"],
    ["failed", "--help"],
  ],
  [
    ["help", "failed", "list"],
    ["failed", "list", "--help"],
  ],
])("%j prints the same as %j", async (words, flags) => {
  expect(await api.run(...words)).toEqual(await api.run(...flags));
});

test("the help lists each command once, those for any app apart", async () => {
  const { text } = await api.run("--help");

  const [ofOrders = "", anyApp = ""] = text.split("Commands that also work in the emulator of any app:");
  const listed = (command: string) => new RegExp(`^  order-events ${command}(  | <| \\[| --)`, "gm");
  for (const { name } of COMMANDS) expect(text.match(listed(name)), name).toHaveLength(1);
  expect(ofOrders).toMatch(listed("orders place"));
  expect(anyApp).toMatch(listed("dead-letters list"));
});

test("the help explains each exit code", async () => {
  const { text } = await api.run("--help");

  for (const code of [0, 1, 2, 3, 4]) expect(text).toMatch(new RegExp(`^ +${code} {2}\\w`, "m"));
});

describe("problem details", () => {
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
  ])("%o are printed as %s", (body, text) => {
    expect(problemText(400, body)).toBe(text);
  });
});

test("K16: a response with several invalid fields is printed with all of them", () => {
  const errors = [
    { detail: "/a is required.", pointer: "/a" },
    { detail: "/b is required.", pointer: "/b" },
  ];

  expect(problemText(400, { code: "INVALID_REQUEST", ...errors[0], errors, requestId: "r" })).toBe(
    "400 INVALID_REQUEST: /a is required (request r)\n  /b is required.",
  );
});

describe("a target that cannot be broken", () => {
  test("ends with 3 and the error of the emulator", async () => {
    const error = 'unknown target "tea"; one of mail, conflicts';
    api.answers["POST /_emulator/faults"] = [Response.json({ detail: error }, { status: 400 })];

    const { code, errors } = await api.run("break", "tea");

    expect(code).toBe(3);
    expect(errors).toBe(`${error}\nSee:  order-events break --help\n`);
  });

  test("ends with 1 and one line where the emulator does not have it", async () => {
    api.answers["POST /_emulator/faults"] = [Response.json({ detail: "no broker" }, { status: 409 })];

    expect(await api.run("break", "kafka")).toEqual({ code: 1, text: "", errors: "409: no broker\n" });
  });

  test.each([[["break", "mail"]], [["break", "message"]], [["break"]], [["mend"]]])(
    "is a deployment: %j",
    async (args) => {
      const { code, errors } = await api.run(...args, "--url", "https://api.example.com");

      expect(code).toBe(3);
      expect(errors).toContain("only the local emulator");
      expect(api.asked).toMatchObject([{ method: "GET" }]);
    },
  );
});

test("break without a target lists the active faults", async () => {
  const read = () => api.run("break");
  api.answers["GET /_emulator/faults"] = [[], [{ text: "mail", rate: 1 }]];

  expect((await read()).text).toBe("no fault is active\n");
  expect((await read()).text).toBe("mail is broken (100 % of calls)\n");
  expect(api.asked.map(({ method }) => method)).toEqual(["GET", "GET"]);
});

test("break message prints the key of each failed message", async () => {
  api.answers["POST /_emulator/messages"] = [
    [{ what: "a body that is not JSON", failedKey: "order-created~1" }],
  ];

  const { code, text } = await api.run("break", "message");

  expect(code).toBe(0);
  expect(text).toContain("a body that is not JSON\n  order-events failed why order-created~1\n");
});

test.each([
  ["--rate", "0.5"],
  ["--for", "3s"],
])("break message takes no %s", async (...flag) => {
  const { code, errors } = await api.run("break", "message", ...flag);

  expect(code).toBe(3);
  expect(errors).toContain("it takes no --rate and no --for");
  expect(api.asked).toEqual([]);
});

test("a detail that repeats its title is printed once", () => {
  expect(
    problemText(403, { code: "FORBIDDEN", title: "No permission", detail: "No permission for it." }),
  ).toBe("403 FORBIDDEN: No permission for it");
});

test.each([
  [[], "in a moment"],
  [[{ text: "mail", rate: 1 }], "in a moment"],
  [[{ text: "function:order-created", rate: 1 }], "once order-created is mended"],
])("break message with the faults %j prints when each is parked: %s", async (faults, when) => {
  api.answers["POST /_emulator/messages"] = [[{ what: "a body", failedKey: "k" }]];
  api.answers["GET /_emulator/faults"] = [faults];

  const { text } = await api.run("break", "message");

  expect(text).toContain(`each is parked ${when}:\n`);
});

test.each([
  [{ text: "kafka", rate: 1 }, "kafka is broken\n"],
  [
    { text: "rabbitmq", rate: 1, endsAt: Date.now() + 3_600_000 },
    /^rabbitmq is broken \(3\d{3} s left, then it starts; the emulator prints when it is up again\)\n$/,
  ],
  [
    { text: "rabbitmq-full", rate: 1, endsAt: Date.now() + 3_600_000 },
    /^rabbitmq-full is broken \(3\d{3} s left\)\n$/,
  ],
  [{ text: "mail", rate: 0.5 }, "mail is broken (50 % of calls)\n"],
])("a fault is printed with its share of calls, except for the broker: %j", async (fault, message) => {
  api.answers["POST /_emulator/faults"] = [[fault]];

  expect((await api.run("break", fault.text)).text).toMatch(message);
});

test("the help of --for lists the durations that its error names", async () => {
  const { text } = await api.run("break", "--help");
  const { errors } = await api.run("break", "mail", "--for", "soon");

  const [, examples = ""] = /a duration such as (.*); received soon/.exec(errors) ?? [];
  expect(examples).not.toBe("");
  expect(text).toContain(examples);
});

test.each(COMMANDS)("the help of $name has one summary line, each flag and an example", async (command) => {
  const { name, summary, flags = {}, example } = command;

  const { code, text } = await api.run(...name.split(" "), "--help");

  expect(code).toBe(0);
  expect(summary).toMatch(/^[A-Z][^.\n]+$/);
  expect(text).toContain(`\n\n${summary}.\n\n`);
  for (const [flag, { type, value, default: preset }] of Object.entries(flags)) {
    expect(value === undefined).toBe(type === "boolean");
    const line = text.split("\n").find((each) => each.startsWith(`  --${flag} `)) ?? "";
    expect(line).toMatch(type === "boolean" ? /--[\w-]+ {2}/ : /--[\w-]+ <\w+> {2}/);
    if (typeof preset === "string") expect(line).toContain(`(default: ${preset})`);
  }
  expect(example).toMatch(new RegExp(`^${name}\\b`));
  expect(text).toMatch(/\n\nExample:\n {2}order-events .+\n$/);
});

describe("a typing error", () => {
  test.each([
    [["--verison"], `Unknown option '--verison'. Did you mean "--version"?`, "order-events --help"],
    [["faild", "list"], 'Unknown command "faild". Did you mean "failed"?', "order-events --help"],
    [
      ["failed", "lst"],
      'Unknown command "failed lst". Did you mean "failed list"?',
      "order-events failed --help",
    ],
    [
      ["failed", "lst", "--help"],
      'Unknown command "failed lst". Did you mean "failed list"?',
      "order-events failed --help",
    ],
    [["faild", "--help"], 'Unknown command "faild". Did you mean "failed"?', "order-events --help"],
    [
      ["failed", "list", "--jsno"],
      `Unknown option '--jsno'. Did you mean "--json"?`,
      "order-events failed list --help",
    ],
  ])("in %j ends with 3 and the nearest word", async (args, message, help) => {
    const { code, text, errors } = await api.run(...args);

    expect({ code, text, errors }).toEqual({ code: 3, text: "", errors: `${message}\nSee:  ${help}\n` });
  });
});

test("--version prints the version with any command", async () => {
  for (const args of [["--version"], ["failed", "list", "--version"]])
    expect(await api.run(...args)).toEqual({ code: 0, text: "order-events 1.2.3\n", errors: "" });
});

test.each([
  [["orders", "list", "--status", "confirmed"], "status=CONFIRMED"],
  [["failed", "list", "--reason", "refused"], "reason=REFUSED&"],
  [["orders", "show", "01j9zq3v5w8x2y4z6a7b8c9d0e"], "/orders/01J9ZQ3V5W8X2Y4Z6A7B8C9D0E"],
])("small letters are accepted for capitals: %j", async (args, asked) => {
  await api.run(...args);

  expect(api.asked[0]?.path).toContain(asked);
});

describe("--url", () => {
  test.each(["example", "ftp://example.com", "http://", "127.0.0.1:4010"])(
    "%s is refused before any request",
    async (url) => {
      const { code, errors } = await api.run("failed", "list", "--url", url);

      expect(code).toBe(3);
      expect(errors).toContain(`--url must be an address such as http://127.0.0.1:4010; received ${url}`);
      expect(api.asked).toEqual([]);
    },
  );

  test.each(["http://ada:s3cret@example.com", "ada:s3cret@example.com"])(
    "a password is refused and never printed: %s",
    async (url) => {
      const { code, text, errors } = await api.run("failed", "list", "--url", url);

      expect(code).toBe(3);
      expect(text + errors).not.toContain("s3cret");
      expect(api.asked).toEqual([]);
    },
  );
});

test.each([
  ["ECONNREFUSED", "cannot connect to http://127.0.0.1:1"],
  ["UND_ERR_SOCKET", "no response to POST /jobs (UND_ERR_SOCKET): it may have been carried out."],
])(
  "a change that ends with %s prints whether it may have been made; a dry run makes none",
  async (code, printed) => {
    const cause = Object.assign(new Error("x"), { code });
    vi.stubGlobal("fetch", (_: string, { method = "GET" }: RequestInit = {}) =>
      method === "GET"
        ? Promise.resolve(Response.json({ emulator: true }))
        : Promise.reject(new TypeError("fetch failed", { cause })),
    );

    const args = ["failed", "discard", "--all", "--yes", "--why", "w", "--url", "http://127.0.0.1:1"];

    expect((await api.run(...args)).errors).toContain(printed);
    const dryRun = ["failed", "discard", "--all", "--url", "http://127.0.0.1:1"];
    expect((await api.run(...dryRun)).errors).toContain(`cannot connect to http://127.0.0.1:1 (${code})`);
  },
);

test.each([
  [
    "http://127.0.0.1:1",
    Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
    "(ECONNREFUSED). Start the emulator",
  ],
  [
    "https://127.0.0.1:1",
    Object.assign(new Error("x"), { code: "ERR_SSL_WRONG_VERSION_NUMBER" }),
    "(ERR_SSL_WRONG_VERSION_NUMBER). The server has no TLS. Use:  --url http://127.0.0.1:1\n",
  ],
  [
    "https://api.example.com",
    new Error("certificate has expired"),
    "(certificate has expired). Check the address",
  ],
])("an error of fetch at %s is printed with its cause", async (url, cause, printed) => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed", { cause })));

  const { code, errors } = await api.run("failed", "list", "--url", url);

  expect(code).toBe(1);
  expect(errors).toContain(`cannot connect to ${url} ${printed}`);
});

describe("the beginning of a key", () => {
  const items = (...keys: string[]) => ({ items: keys.map((failedKey) => ({ failedKey })) });
  beforeEach(() => {
    for (const status of ["RETRYING", "REDRIVEN", "DISCARDED", "RESOLVED"])
      api.answers[`GET /failed-messages?status=${status}`] = [items()];
  });

  test("stands for the only message that has it, on every page", async () => {
    api.answers["GET /failed-messages?status=OPEN"] = [{ ...items("other~1"), cursor: "next" }];
    api.answers["GET /failed-messages?status=OPEN&cursor=next"] = [items("order-created~12")];
    api.answers["POST /failed-messages/order-created~12/discard"] = [
      { status: "OPEN", generation: 1, consequences: [] },
    ];

    const { code, text, errors } = await api.run("failed", "discard", "order-created~1");

    expect({ code, errors }).toEqual({ code: 0, errors: "order-created~1… is order-created~12\n" });
    expect(text).toContain("order-created~12  OPEN");
  });

  test("is refused where several have it, with their keys", async () => {
    api.answers["GET /failed-messages?status=OPEN"] = [items("order-created~12", "order-created~13")];

    const { code, errors } = await api.run("failed", "discard", "order-created~1", "--yes", "--why", "w");

    expect(code).toBe(1);
    expect(errors).toContain(
      "several failed messages begin with order-created~1:\n  order-created~12\n  order-created~13",
    );
    expect(api.asked.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  test("of no message is the API's 404", async () => {
    api.answers["GET /failed-messages?status=OPEN"] = [items("other~1")];

    expect(await api.run("failed", "why", "order-created~1")).toMatchObject({
      code: 1,
      errors: "404 NOT_FOUND: none\n",
    });
  });
});
