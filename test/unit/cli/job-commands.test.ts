import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { someJob, somePreview } from "./some-job.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("order-events failed discard", () => {
  test("of a filter is a dry run without --yes, and prints the consequences", async () => {
    const because = "Order A stays PENDING: no stock is held for it.";
    api.answers["POST /jobs"] = [
      somePreview({
        act: "discard",
        total: 3,
        outcomes: [
          { outcome: "discard", count: 1, samples: [{ id: "k1" }] },
          { outcome: "discard with consequences", count: 2, samples: [{ id: "k2", because }] },
        ],
      }),
    ];

    const { code, text } = await api.run("failed", "discard", "--reason", "EXPIRED");

    expect(api.asked).toMatchObject([
      { body: { act: "discard", filter: { reason: "EXPIRED" }, dryRun: true, ratePerSecond: 200 } },
    ]);
    expect(text.split("\n")).toEqual([
      "3 open messages",
      "  would discard 1",
      "    k1",
      "  would discard with consequences 2",
      `    k2: ${because}`,
      "nothing was changed; to apply:  --yes --why <reason>",
      "",
    ]);
    expect(code).toBe(0);
  });

  test("of more than a dry run decides prints how many were decided", async () => {
    const outcomes = [{ outcome: "discard" as const, count: 320, samples: [] }];
    api.answers["POST /jobs"] = [
      somePreview({ act: "discard", total: 100_000, outcomes, isComplete: false }),
      somePreview({ act: "discard", total: 320, outcomes, isComplete: false }),
    ];

    const counted = await api.run("failed", "discard", "--all");
    const cutOff = await api.run("failed", "discard", "--all");

    expect(counted.text).toMatch(/^100000 open messages; of the first 320:\n {2}would discard 320\n/);
    expect(cutOff.text).toMatch(/^320 or more open messages\n/);
  });

  test("of all follows its job and prints the command that undoes it", async () => {
    const job = someJob({ act: "discard", status: "RUNNING", total: 9, done: 2 });
    api.answers["POST /jobs"] = [job];
    api.answers["GET /jobs/j1"] = [{ ...job, status: "DONE", done: 8, skipped: 1 }];

    const { code, text, errors } = await api.run(
      ...["failed", "discard", "--all", "--rate", "1000", "--yes", "--why", "garbage"],
    );

    expect(api.asked.find(({ method }) => method === "POST")).toMatchObject({
      body: { act: "discard", filter: {}, ratePerSecond: 1_000 },
    });
    expect(errors).toContain("2/9");
    expect(text).toMatch(/^j1 {2}discard DONE\n {2}8 discarded, 1 skipped, because another act was first/);
    expect(errors).toContain("to undo it:  order-events failed undo --job j1 --yes --why <reason>");
    expect(code).toBe(0);
  });
});

describe("a job of unknown total", () => {
  test("is followed without a bar, which would be full from the start", async () => {
    const { total: _, ...job } = someJob({ act: "discard", status: "RUNNING", done: 2_000 });
    api.answers["POST /jobs"] = [job];
    api.answers["GET /jobs/j1"] = [{ ...job, status: "DONE", done: 20_000 }];

    const { errors } = await api.run("failed", "discard", "--all", "--yes", "--why", "garbage");

    expect(errors).toContain("2000 discarded");
    expect(errors).not.toContain("[#");
  });
});

describe("order-events failed undo", () => {
  test("of a job reopens what that discarded", async () => {
    api.answers["POST /jobs"] = [someJob({ jobId: "j2", act: "undo", done: 8, total: 8 })];

    const { code, text } = await api.run("failed", "undo", "--job", "j1", "--yes", "--why", "by mistake");

    expect(api.asked.at(-1)).toMatchObject({
      path: "/jobs",
      body: { act: "undo", filter: { job: "j1" }, why: "by mistake", dryRun: false },
    });
    expect(text).toContain("j2  undo DONE\n  8 reopened");
    expect(code).toBe(0);
  });
});

describe("the flags of a job", () => {
  test.each([
    [["failed", "discard", "--all", "--reason", "EXPIRED"], "--all excludes the other flags"],
    [["failed", "discard", "k", "--all"], "expected one [failedKey], or flags that select messages"],
    [["failed", "undo"], "expected one [failedKey], or flags that select messages"],
    [["failed", "discard", "--all", "--rate", "1001"], "--rate must be a whole number from 1 to 1000"],
    [["failed", "redrive", "--all", "--rate", "101"], "--rate must be a whole number from 1 to 100"],
    [["failed", "undo", "--job", "a b"], "--job must be the id of a job"],
    [["failed", "undo", "--all", "--yes"], "--yes needs --why"],
    [["jobs", "abort"], "expected one argument: <jobId>"],
    [["jobs", "abort", "j1", "--yes"], "--yes needs --why"],
    [["jobs", "list", "j1"], "unexpected argument"],
  ])("refuses %j as invalid usage", async (args, message) => {
    const { code, errors } = await api.run(...args);

    expect(code).toBe(3);
    expect(errors).toContain(message);
    expect(api.asked.filter(({ method }) => method === "POST")).toEqual([]);
  });
});

describe("order-events jobs", () => {
  const abort = { at: "2026-01-01T12:00:05.000Z", by: "otto", why: "the wrong filter" };

  test("list: prints a line for each job", async () => {
    const jobs = [
      someJob({ jobId: "j2", act: "discard", total: 9, done: 8, skipped: 1 }),
      someJob({ done: 3 }),
    ];
    api.answers["GET /jobs"] = [{ jobs }, { jobs: [] }];

    const { code, text } = await api.run("jobs", "list");
    const none = await api.run("jobs", "list");

    const [, first, second] = text.split("\n");
    expect(first).toMatch(/^j2 +discard +DONE +9\/9 .* olga +mended$/);
    expect(second).toMatch(/^j1 +redrive +DONE +3 /);
    expect([code, none]).toMatchObject([0, { code: 0, text: "no jobs\n" }]);
  });

  test("abort: is a dry run without --yes", async () => {
    api.answers["GET /jobs/j1"] = [someJob({ status: "RUNNING" }), someJob()];

    const running = await api.run("jobs", "abort", "j1");
    const ended = await api.run("jobs", "abort", "j1");

    expect(running.text).toMatch(/redrive RUNNING[\s\S]*to apply: {2}--yes/);
    expect(ended.text).toMatch(/redrive DONE[\s\S]*\nnothing was changed\n$/);
    expect(api.asked.map(({ method }) => method)).toEqual(["GET", "GET"]);
  });

  test("abort --yes: prints who ended the job, and why", async () => {
    const filter = { fingerprint: "0123456789ab" };
    api.answers["GET /jobs/j1"] = [someJob({ status: "RUNNING" })];
    api.answers["POST /jobs/j1/abort"] = [someJob({ status: "ABORTED", done: 4, total: 9, filter, abort })];

    const { code, text } = await api.run("jobs", "abort", "j1", "--yes", "--why", "the wrong filter");

    expect(api.asked.at(-1)).toMatchObject({ body: { why: "the wrong filter" } });
    expect(text).toMatch(
      /^j1 {2}redrive ABORTED by otto at 2026-01-01T12:00:05.000Z: the wrong filter\n {2}4 sent/,
    );
    expect(text).toContain("\n  of --group 0123456789ab, 9 in all\n");
    expect(text).toContain("to continue:  order-events failed redrive --group 0123456789ab\n");
    expect(code).toBe(0);
  });

  test("abort --yes: of mails continues with the decision on them", async () => {
    api.answers["GET /jobs/j1"] = [someJob({ status: "RUNNING" })];
    api.answers["POST /jobs/j1/abort"] = [
      someJob({ status: "ABORTED", filter: { reason: "OUTCOME_UNKNOWN" }, mail: "not-sent", abort }),
    ];

    const { text } = await api.run("jobs", "abort", "j1", "--yes", "--why", "the wrong filter");

    expect(text).toContain("to continue:  order-events failed redrive --reason OUTCOME_UNKNOWN --not-sent\n");
  });

  test("show: prints why messages were refused, and how to continue once the cause is gone", async () => {
    const refusals = [{ because: "The mail may have been sent.", count: 10 }];
    api.answers["GET /jobs/j1"] = [
      someJob({ status: "STOPPED", refused: 10, refusals, filter: { reason: "OUTCOME_UNKNOWN" } }),
    ];

    const { text } = await api.run("jobs", "show", "j1");

    expect(text).toContain("\n    10 refused: The mail may have been sent.\n");
    expect(text).toContain("to continue once the cause is gone:  order-events failed redrive --reason");
  });

  test("abort --yes: of a job that has ended reports that nothing was aborted", async () => {
    api.answers["GET /jobs/j1"] = [someJob()];
    api.answers["POST /jobs/j1/abort"] = [someJob()];

    const { code, errors } = await api.run("jobs", "abort", "j1", "--yes", "--why", "late");

    expect(errors).toContain("the job had ended before: nothing was aborted");
    expect(code).toBe(0);
  });

  test("take the beginning of an id that no other job has", async () => {
    const unknown = () =>
      Response.json({ code: "JOB_NOT_FOUND", title: "There is no such job" }, { status: 404 });
    api.answers["GET /jobs/j1"] = [unknown(), unknown()];
    api.answers["GET /jobs/j12"] = [someJob({ jobId: "j12" })];
    api.answers["GET /jobs"] = [
      { jobs: [someJob({ jobId: "j12" }), someJob({ jobId: "k1" })] },
      { jobs: [someJob({ jobId: "j12" }), someJob({ jobId: "j13" })] },
    ];

    const one = await api.run("jobs", "show", "j1");
    const several = await api.run("jobs", "show", "j1");

    expect(one).toMatchObject({ code: 0, text: expect.stringContaining("j12  redrive DONE") });
    expect(several).toMatchObject({ code: 1, errors: expect.stringContaining("several jobs begin with j1") });
  });

  test("watch: follows a job until it has ended; 2 for one that was aborted", async () => {
    api.answers["GET /jobs/j1"] = [someJob({ status: "RUNNING" }), someJob({ status: "ABORTED", abort })];

    expect((await api.run("jobs", "watch", "j1")).code).toBe(2);
  });

  test("show: of an unknown job prints the refusal", async () => {
    const problem = { code: "JOB_NOT_FOUND", title: "There is no such job" };
    api.answers["GET /jobs/j9"] = [Response.json(problem, { status: 404 })];
    api.answers["GET /jobs"] = [{ jobs: [someJob()] }];

    const { code, errors } = await api.run("jobs", "show", "j9");

    expect(code).toBe(1);
    expect(errors).toContain("JOB_NOT_FOUND: There is no such job");
  });
});
