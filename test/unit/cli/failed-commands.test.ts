import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ACCESS_DENIED } from "../../../functions/contract/errors.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { someJob, somePreview } from "./some-job.ts";
import { someOrder } from "./some-order.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const GROUP = {
  fingerprint: "0123456789ab",
  consumer: "order-created",
  eventType: "order.created",
  reason: "EXPIRED",
  count: 7,
  lastAt: "2026-01-01T12:00:00.000Z",
  errorMessage: "x".repeat(200),
};
const forbidden = () =>
  Response.json({ code: "FORBIDDEN", title: "No", detail: ACCESS_DENIED }, { status: 403 });

const JOB = someJob({ total: 4, done: 3, resolved: 1 });

describe("order-events failed", () => {
  test("groups: prints an aligned table; exit code 1 with open messages, else 0", async () => {
    api.answers["GET /failed-messages/groups"] = [{ groups: [GROUP] }, { groups: [] }];

    const some = await api.run("failed", "groups");
    const none = await api.run("failed", "groups");

    const [head = "", line = ""] = some.text.split("\n");
    expect(head.indexOf("COUNT")).toBe(line.indexOf("7  "));
    expect(line).toMatch(/x{71}$/);
    expect([some.code, none.code]).toEqual([1, 0]);
    expect(none.text).toBe("no failed messages\n");
  });

  describe("list", () => {
    const item = { failedKey: "k", reason: "EXPIRED", failures: 1, generation: 1, lastAt: "t" };
    const cursor = "2026-01-01T12:00:00.000Z~k";
    const path = (query: Record<string, string>) => `GET /failed-messages?${new URLSearchParams(query)}`;
    const newest = { status: "OPEN", order: "newest" };

    test("reads the newest first, page by page up to the limit, and prints how to continue", async () => {
      const openCount = { count: 1_234, isExact: false, at: "2026-01-01T14:00:00.000Z" };
      api.answers[path({ consumer: "order-created", ...newest, limit: "3" })] = [
        { items: [item, item], cursor: "2026-01-01T13:00:00.000Z~k", openCount },
      ];
      api.answers[
        path({ consumer: "order-created", ...newest, limit: "1", cursor: "2026-01-01T13:00:00.000Z~k" })
      ] = [{ items: [item], cursor }];

      const { code, text, errors } = await api.run(
        ...["failed", "list", "--consumer", "order-created", "--limit", "3", "--json"],
      );

      expect(JSON.parse(text)).toEqual([item, item, item]);
      expect(errors).toContain(
        `listed 3, with about 1234 open messages at 2026-01-01T14:00:00.000Z; there may be more:  --cursor '${cursor}'  or  --all\n`,
      );
      expect(code).toBe(0);
    });

    test("searches with a text, in an order, behind a cursor, to the end", async () => {
      const asked = { status: "DISCARDED", order: "oldest", search: "a b", limit: "500" };
      const path = (query: Record<string, string>) =>
        `GET /failed-message-bodies?${new URLSearchParams(query)}`;
      api.answers[path({ ...asked, cursor })] = [{ items: [], cursor: "2026-01-02T12:00:00.000Z~k" }];
      api.answers[path({ ...asked, cursor: "2026-01-02T12:00:00.000Z~k" })] = [{ items: [item] }];

      const { code, text, errors } = await api.run(
        ...["failed", "list", "--status", "DISCARDED", "--search", "a b", "--order", "oldest"],
        ...["--all", "--cursor", cursor],
      );

      expect(text).toMatch(/^KEY .*\nk /);
      expect(errors).not.toContain("there may be more");
      expect(code).toBe(0);
    });

    test("searches without the bodies where the caller may not read them", async () => {
      const query = String(new URLSearchParams({ ...newest, search: "x", limit: "100" }));
      api.answers[`GET /failed-message-bodies?${query}`] = [forbidden()];
      api.answers[`GET /failed-messages?${query}`] = [{ items: [item] }];

      const { code, text, errors } = await api.run("failed", "list", "--search", "x");

      expect(text).toMatch(/^KEY .*\nk /);
      expect(errors).toContain("bodies are not searched: that needs the role operator\n");
      expect(code).toBe(0);
    });

    test("prints an empty list as such, in JSON too", async () => {
      api.answers[path({ ...newest, limit: "100" })] = [{ items: [] }];

      expect((await api.run("failed", "list")).text).toBe("no failed messages with status OPEN\n");
      expect((await api.run("failed", "list", "--json")).text).toBe("[]\n");
    });
  });

  test("redrive: is a dry run without --yes", async () => {
    const samples = [{ id: "k", because: "the order is CONFIRMED" }];
    api.answers["POST /jobs"] = [
      somePreview({
        total: 3,
        outcomes: (["send", "resolve", "refuse"] as const).map((outcome) => ({ outcome, count: 1, samples })),
      }),
    ];

    const { code, text } = await api.run("failed", "redrive", "--group", "0123456789ab");

    expect(api.asked).toMatchObject([
      { body: { act: "redrive", dryRun: true, filter: { fingerprint: "0123456789ab" }, ratePerSecond: 10 } },
    ]);
    expect(text).toContain("would resolve 1\n    k: the order is CONFIRMED");
    expect(text).toContain("nothing was changed; to apply:  --yes --why <reason>");
    expect(code).toBe(0);
  });

  test.each([
    [{}, 0],
    [{ refused: 1 }, 1],
    [{ failedAgain: 1 }, 1],
    [{ status: "STOPPED", stoppedBecause: "too many failed again" }, 2],
    [{ status: "ABORTED", abort: { at: "t", by: "otto", why: "the wrong filter" } }, 2],
  ])("redrive --yes: shows progress until the job has ended with %o, exit code %i", async (end, expected) => {
    api.answers["POST /jobs"] = [{ ...JOB, status: "RUNNING", done: 1, resolved: 0 }];
    api.answers["GET /jobs/j1"] = [{ ...JOB, ...end }];

    const { code, text, errors } = await api.run(
      "failed",
      "redrive",
      "--reason",
      "EXPIRED",
      "--yes",
      "--why",
      "mended",
    );

    expect(errors).toContain("[######------------------] 1/4");
    expect(text).toContain("3 sent, 1 resolved");
    expect(code).toBe(expected);
  });

  test("redrive of one message: sends the given generation", async () => {
    api.answers["POST /failed-messages/order-created~A:1:order.created/redrive"] = [
      { outcome: "sent", generation: 3 },
    ];

    const { code, text } = await api.run(
      ...["failed", "redrive", "order-created~A:1:order.created"],
      ...["--yes", "--why", "w", "--generation", "3"],
    );

    expect(api.asked).toMatchObject([{ body: { why: "w", dryRun: false, generation: 3 } }]);
    expect({ code, text }).toEqual({
      code: 0,
      text: "order-created~A:1:order.created  sent (generation 3)\n",
    });
  });

  test("K3: edit: sends the text of a file unchanged, and names an invalid file", async () => {
    const folder = temporaryFolder();
    const [good, bad] = [join(folder, "good.json"), join(folder, "bad.json")];
    const text = '{ "id":"x", "one":1.0, "id":"\ufffd" }\n';
    await writeFile(good, text);
    await writeFile(bad, "{");
    api.answers["POST /failed-messages/k/edit"] = [{ outcome: "would send", generation: 1 }];

    const results = [
      await api.run("failed", "edit", "k", "--file", good),
      await api.run("failed", "edit", "k", "--file", bad),
    ];
    const missing = await api.run("failed", "edit", "k", "--file", join(folder, "none.json"));

    expect(api.asked).toMatchObject([{ body: { body: text, dryRun: true } }]);
    expect(results.map(({ code }) => code)).toEqual([0, 1]);
    expect(results[1]?.errors).toContain("bad.json is not JSON");
    expect(missing.errors).toContain("none.json cannot be read");
  });

  test("K3: show: prints only the body, byte for byte", async () => {
    const body = ' {"big":73314510714175488123,"dup":1,"dup":2,"one":1.0}';
    api.answers["GET /failed-message-bodies/k"] = [{ body }];

    const { text } = await api.run("failed", "show", "k", "--body");

    expect(text).toBe(body);
  });

  test.each([[], ["--json"]])(
    "K3: show: prints a body of any characters as it is into a file or pipe, escaped on a terminal: %j",
    async (...more) => {
      const body = ' {"a":"\u009b\u202e\u2028\r\n"}\n\ufeff';
      api.answers["GET /failed-message-bodies/k"] = [{ body }];
      const show = () => api.run("failed", "show", "k", "--body", ...more);

      const piped = await show();
      api.isTerminal = true;
      const shown = await show();

      expect(piped.text).toBe(body);
      expect(shown.text).toBe(' {"a":"\\u{9b}\\u{202e}\\u{2028}\\u{d}\n"}\n\\u{feff}');
    },
  );

  test("show: prints the row with its body, and without it for a role that may not read it", async () => {
    api.answers["GET /failed-messages/k"] = [{ failedKey: "k", generation: 1 }];
    api.answers["GET /failed-message-bodies/k"] = [{ failedKey: "k", body: "{}" }, forbidden()];

    const whole = await api.run("failed", "show", "k", "--json");
    const limited = await api.run("failed", "show", "k", "--json");

    expect(JSON.parse(whole.text)).toEqual({ failedKey: "k", generation: 1, body: "{}" });
    expect(JSON.parse(limited.text)).toEqual({ failedKey: "k", generation: 1 });
    expect(limited).toMatchObject({ code: 0, errors: expect.stringContaining("without the body") });
  });

  test("why: prints reason, error, effect, redrive decision and history", async () => {
    api.answers["GET /failed-messages/k"] = [
      {
        status: "OPEN",
        generation: 2,
        errorName: "Error",
        errorMessage: "no",
        history: [{ at: "t", by: "olga", act: "redrive", why: "again" }],
        why: {
          reason: "EXPIRED",
          meaning: "It was too old.",
          effect: "missing",
          because: "the order is PENDING",
          redriveWould: "send",
        },
      },
    ];

    const { code, text } = await api.run("failed", "why", "k");

    expect(text.split("\n")).toEqual([
      "k  OPEN, generation 2",
      "  EXPIRED: It was too old.",
      "  Error: no",
      "  effect: missing (the order is PENDING)",
      "  a redrive would send",
      "  t  redrive by olga: again",
      "",
    ]);
    expect(code).toBe(0);
  });

  test("status: prints open messages and the latest jobs first", async () => {
    api.answers["GET /failed-messages/groups"] = [{ groups: [] }];
    api.answers["GET /jobs"] = [{ jobs: [{ ...JOB, jobId: "j2" }, JOB] }];

    const { code, text } = await api.run("failed", "status");

    expect(text.indexOf("j2")).toBeGreaterThan(-1);
    expect(text.indexOf("j2")).toBeLessThan(text.indexOf("j1"));
    expect(code).toBe(0);
  });

  test("watch: ends when no message is open", async () => {
    api.answers["GET /failed-messages/groups?reason=EXPIRED"] = [{ groups: [GROUP] }, { groups: [] }];

    const { code, text } = await api.run("failed", "watch", "--reason", "EXPIRED");

    expect(code).toBe(0);
    expect(text).toMatch(/GROUP .*\n.*EXPIRED.*\nno failed messages/);
  });
});

describe("order-events orders watch", () => {
  test("prints each version once, until the order is no longer PENDING", async () => {
    const pending = someOrder({ status: "PENDING", version: 1 });
    api.answers["GET /orders/A"] = [pending, pending, someOrder()];

    const { code, text } = await api.run("orders", "watch", "A");

    expect(text.match(/^A {2}\w+/gm)).toEqual(["A  PENDING", "A  CONFIRMED"]);
    expect(code).toBe(0);
  });
});
