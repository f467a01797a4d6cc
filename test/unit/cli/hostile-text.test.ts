import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { table } from "../../../lib/operator/cli/format-table.ts";
import { hostileText, unprintableIn } from "../../fixtures/unprintable.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

// Commands poll without pauses. A file before this one in the same worker may have loaded them with pauses.
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<object>()),
  setTimeout: () => setImmediate(),
}));
vi.resetModules();
const { COMMANDS } = await import("../../../lib/operator/cli/run-command.ts");
afterAll(() => {
  vi.resetModules();
});

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** An object with every text of every response. */
const anyBody = (text: string) => ({
  ...Object.fromEntries(
    [
      ...["orderId", "customerId", "reason", "updatedAt", "sku", "onHand", "held", "status", "outcome"],
      ...["because", "jobId", "stoppedBecause", "startedAt", "errorName", "errorMessage", "generation"],
    ].map((name) => [name, text]),
  ),
  version: 1,
  available: 1_000,
  lines: [{ sku: text, quantity: text }],
  amount: { currency: text, minorUnits: 1 },
  why: { reason: text, meaning: text, effect: text, because: text, redriveWould: text, whyNot: text },
  history: [{ at: text, by: text, act: text, why: text }],
  consequences: [text],
  total: text,
  outcomes: [{ outcome: text, count: 1, samples: [{ id: text, because: text }] }],
  jobs: [
    {
      ...{ jobId: text, act: text, status: text, startedAt: text, by: text, why: text, stoppedBecause: text },
      abort: { at: text, by: text, why: text },
    },
  ],
  entries: [{ at: 1, source: text, event: `${text}:${text}`, outcome: text, attempt: 2, detail: text }],
  items: [{ failedKey: text, reason: text, failures: 1, generation: 1, lastAt: text, errorMessage: text }],
  groups: [
    {
      ...{ fingerprint: text, consumer: text, eventType: text, reason: text, errorMessage: text },
      ...{ count: 1, lastAt: text },
    },
  ],
});
const anyOrder = (text: string) => ({
  ...anyBody(text),
  createdAt: text,
  reason: { code: text, sku: text },
});
const job = (text: string, status: string) => ({ ...anyBody(text), status, why: text });
const faults = (text: string) => [{ text, rate: 1, failedKey: text, what: text }];

interface Case {
  /** Arguments; `text` is of hostile origin too. */
  readonly args: (text: string) => readonly string[];
  /** Responses in order; the last one repeats. Default: `anyBody`. */
  readonly answers?: (text: string) => readonly object[];
  readonly runs?: number;
}
const consumer = (text: string) => ({
  name: text,
  on: [text],
  state: "PAUSED",
  isSwitching: true,
  pause: { by: text, at: text, why: text },
  mappings: [],
  keptSeconds: 60,
  whilePaused: [text],
});
const CHANGE = (text: string) => ["--yes", "--why", text];
const CASES: Readonly<Record<string, Case>> = {
  "orders place": {
    args: (text) => ["--customer", text, "--key", "k"],
    answers: (text) => [anyBody(text), { ...anyOrder(text), status: "PENDING" }, anyOrder(text)],
  },
  "orders show": { args: (text) => [text], answers: (text) => [anyOrder(text), anyBody(text)] },
  "orders watch": {
    args: (text) => [text],
    answers: (text) => [{ ...anyOrder(text), status: "PENDING" }, anyOrder(text)],
  },
  "orders cancel": { args: (text) => [text], answers: (text) => [anyOrder(text)] },
  "orders timeline": { args: (text) => [text] },
  "queues peek": {
    args: (text) => [text, "--body"],
    answers: (text) => [
      {
        queue: text,
        total: 2,
        messages: [{ id: text, state: text, sentAt: 0, receives: 1, attributes: { type: text }, body: text }],
      },
    ],
  },
  "orders logs": {
    args: (text) => [text],
    answers: (text) => [
      { orderId: text, entries: [{ at: 0, source: text, outcome: text, requestId: text }] },
      { requestId: text, source: text, lines: [{ at: 0, text, isError: true, stack: [text] }], isCut: true },
    ],
  },
  logs: {
    args: (text) => [text],
    answers: (text) => [
      { requestId: text, source: text, lines: [{ at: 0, text, isError: true, stack: [text] }], isCut: true },
    ],
  },
  live: {
    args: (text) => ["--once", "--order", text],
    answers: (text) => [
      {
        entries: [{ id: text, at: 0, source: text, outcome: text, event: text, detail: text, orderId: text }],
        cursor: text,
        isCut: true,
      },
    ],
  },
  "orders republish": {
    args: (text) => ["--status", "PENDING", ...CHANGE(text)],
    answers: (text) => [anyBody(text), job(text, "RUNNING"), job(text, "STOPPED")],
  },
  "stock set": { args: (text) => [text, "1"] },
  "stock show": { args: (text) => [text] },
  "failed status": { args: () => [] },
  "failed groups": { args: () => [] },
  "failed list": { args: () => [] },
  "failed show": { args: (text) => [text] },
  "failed why": { args: (text) => [text] },
  "failed redrive": {
    args: (text) => ["--reason", "EXPIRED", ...CHANGE(text)],
    answers: (text) => [anyBody(text), job(text, "RUNNING"), job(text, "STOPPED")],
  },
  "failed edit": { args: (text) => [text, "--file", "package.json"] },
  "failed discard": { args: (text) => [text] },
  "failed undo": { args: (text) => [text] },
  "jobs list": { args: () => [] },
  "jobs show": { args: (text) => [text] },
  "jobs watch": { args: (text) => [text], answers: (text) => [job(text, "RUNNING"), job(text, "DONE")] },
  "jobs abort": { args: (text) => [text, ...CHANGE(text)] },
  "orders list": {
    args: () => [],
    answers: (text) => [
      {
        items: [anyOrder(text)],
        foundBy: text,
        readUnits: 1,
        cursor: text,
      },
    ],
  },
  "mails unsuppress": { args: (text) => [text] },
  "failed watch": { args: () => [], answers: (text) => [anyBody(text), { groups: [] }] },
  "dead-letters list": { args: () => [] },
  "dead-letters redrive": { args: (text) => [text, "--yes"] },
  queues: {
    args: () => [],
    answers: (text) => [[{ consumer: text, waiting: 1, inFlight: 0, deadLetters: 0, undelivered: 0 }]],
  },
  alarms: {
    args: () => ["--all"],
    answers: (text) => [[{ name: text, state: text, since: 1, description: text, runbook: text }]],
  },
  status: {
    args: () => [],
    answers: (text) => [
      { stepSeconds: 60, at: [1], series: [{ name: "errors", consumer: text, values: [1] }] },
      [],
      { groups: [] },
      { consumers: [consumer(text)] },
    ],
  },
  "events list": { args: () => [] },
  "events example": {
    args: (text) => ["order.created", "--as", "aws", "--order", text],
    answers: (text) => [anyBody(text), { topic: { arn: text, region: text } }],
  },
  "events show": { args: (text) => [text], answers: (text) => [{ ...anyBody(text), [text]: text }] },
  "events send": {
    args: (text) => ["order.created", "--to", text],
    answers: (text) => [{ eventId: text, type: text, to: [text] }],
  },
  "events replay": {
    args: (text) => [text, "--event", "order.created", "--to", "order-created"],
    answers: (text) => [{ ...anyBody(text), eventId: text, consumer: text }],
  },
  // A folder that cannot be made.
  "events export": { args: () => ["--out", "package.json/none"] },
  consumers: { args: () => [], answers: (text) => [{ consumers: [consumer(text)] }] },
  "consumers pause": {
    args: (text) => [text, "--why", text],
    answers: (text) => [{ ...consumer(text), isChanged: false }],
  },
  "consumers resume": { args: (text) => [text], answers: (text) => [consumer(text)] },
  load: { args: () => ["--rate", "1", "--seconds", "1"], runs: 2 },
  console: { args: () => ["--no-open"] },
  break: { args: (text) => [text], answers: (text) => [faults(text)] },
  mend: { args: (text) => [text], answers: (text) => [faults(text)] },
};
const NAMES = COMMANDS.map(({ name }) => name);

/** Runs a command against an API that answers with the given responses, in order. */
async function run(name: string, args: readonly string[], responses: readonly (() => Response)[]) {
  let count = 0;
  vi.stubGlobal("fetch", async () => responses[Math.min(count++, responses.length - 1)]?.());
  const { text, errors } = await api.run(...name.split(" "), ...args.map((each) => each.toWellFormed()));
  return { text, errors: errors.replaceAll("\r\u001b[K", "") };
}

test("K13: every command has a case", () => {
  expect(Object.keys(CASES).sort()).toEqual([...NAMES].sort());
});

describe.each(Object.entries(CASES))("K13: order-events %s", (name, { args, answers, runs = 25 }) => {
  const responsesTo = (text: string) =>
    (answers?.(text) ?? [anyBody(text)]).map((body) => () => Response.json(body, { status: 200 }));

  test("prints responses of any text without control or bidi characters", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const { text: printed, errors } = await run(name, args(text), responsesTo(text));

        expect(unprintableIn(printed)).toEqual([]);
        expect(unprintableIn(errors)).toEqual([]);
        expect(errors).not.toMatch(/^ +at /m);
      }),
      { numRuns: runs },
    );
  });

  test("prints no line that a newline in a response or an argument starts", async () => {
    const text = "a\nFORGED: b\nFORGED";
    const problem = {
      ...{ code: text, title: text, detail: text, error: text, pointer: text, requestId: text },
      errors: [{ detail: text }, { detail: text }],
    };

    const printed = [
      await run(name, args(text), responsesTo(text)),
      await run(name, args(text), [() => Response.json(problem, { status: 400 })]),
      await run(name, args(text), [() => Response.json(problem, { status: 409 })]),
      await run(name, args(text), [() => new Response(text, { status: 502 })]),
    ];

    for (const { text: out, errors } of printed) {
      expect(`${out}\n${errors}`).not.toMatch(/^\s*FORGED/m);
    }
  });

  test("with --json prints JSON without them and with the same values", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const { text: printed } = await run(name, [...args(text), "--json"], responsesTo(text));

        expect(unprintableIn(printed)).toEqual([]);
        for (const line of printed.trimEnd().split("\n").filter(Boolean)) JSON.parse(line);
      }),
      { numRuns: runs },
    );
  });

  test("prints refusals and other responses of any text without them", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom(400, 404, 409, 500), async (text, status) => {
        const problem = {
          code: text,
          title: text,
          detail: text,
          error: text,
          pointer: text,
          requestId: text,
        };
        const refused = await run(name, args(text), [() => Response.json(problem, { status })]);
        const other = await run(name, args(text), [() => new Response(text, { status })]);

        for (const { text: printed, errors } of [refused, other]) {
          expect(unprintableIn(printed)).toEqual([]);
          expect(unprintableIn(errors)).toEqual([]);
        }
      }),
      { numRuns: runs },
    );
  });
});

describe("K13: a newline in a value", () => {
  test("starts no line of a table", async () => {
    const { text } = await run("failed list", [], [() => Response.json(anyBody("a\nb"))]);

    expect(text.trimEnd().split("\n")).toHaveLength(2);
    expect(text).toContain("a\\u{a}b");
  });

  test("starts no line of an explanation", async () => {
    const { text } = await run("failed why", ["k"], [() => Response.json(anyBody("a\nb"))]);

    expect(text.trimEnd().split("\n")).toHaveLength(6);
  });
});

test.each([["--url"], ["--stage", "s", "--profile"], ["--stage"]])(
  "K13: a newline in %s starts no line of an error",
  async (...flags) => {
    vi.stubEnv("AWS_REGION", "eu-central-1");
    const fail = () => Promise.reject(Object.assign(new Error("a\nFORGED"), { name: "ExpiredToken" }));
    vi.stubGlobal("fetch", fail);

    const { code, errors } = await api.run(...flags, "a\nFORGED", "stock", "show", "tea");

    expect(code).not.toBe(0);
    expect(errors).not.toMatch(/^\s*FORGED/m);
    vi.unstubAllEnvs();
  },
);

test("K13: a cell is not cut inside a character", () => {
  const text = table(["ERROR"], [[`${"x".repeat(68)}🎉 and more`]], 200);

  expect(text).toMatch(/x{68}…\n$/);
});

test("K13: failed show prints JSON with the same body", async () => {
  const body = "a\u009b\u202e\u2028\nb";

  const { text } = await run("failed show", ["k"], [() => Response.json({ body })]);

  expect(unprintableIn(text)).toEqual([]);
  expect(JSON.parse(text)).toEqual({ body });
});
