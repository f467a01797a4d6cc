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

const APPLY = "to apply:  --yes --why <reason>";

describe("order-events failed undo", () => {
  test("without --yes is a dry run and prints the flags that apply it", async () => {
    api.answers["POST /failed-messages/k/undo"] = [{ status: "DISCARDED", generation: 2 }];

    const { code, text } = await api.run("failed", "undo", "k");

    expect({ code, text }).toEqual({
      code: 0,
      text: `k  would open (generation 2)\nnothing was changed; ${APPLY}\n`,
    });
    expect(api.asked).toMatchObject([{ body: { dryRun: true } }]);
  });

  test("for a message that is not discarded prints the refusal, exit code 1", async () => {
    const problem = { code: "FAILED_MESSAGE_STATUS", detail: "It is OPEN. Only a discard can be undone." };
    api.answers["POST /failed-messages/k/undo"] = [Response.json(problem, { status: 409 })];

    const { code, errors } = await api.run("failed", "undo", "k");

    expect(code).toBe(1);
    expect(errors).toContain("It is OPEN. Only a discard can be undone");
  });

  test.each([[["--yes"]], [["--yes", "--why", " "]]])(
    "with %j is refused without a reason",
    async (flags) => {
      const { code, errors } = await api.run("failed", "undo", "k", ...flags);

      expect(code).toBe(3);
      expect(errors).toContain("--yes needs --why");
      expect(api.asked).toEqual([]);
    },
  );

  test("sends the given reason and generation", async () => {
    api.answers["POST /failed-messages/k/undo"] = [{ status: "OPEN", generation: 3 }];

    const { code, text } = await api.run(
      "failed",
      "undo",
      "k",
      "--yes",
      "--why",
      "not garbage",
      "--generation",
      "2",
    );

    expect({ code, text }).toEqual({ code: 0, text: "k  OPEN (generation 3)\n" });
    expect(api.asked).toMatchObject([{ body: { why: "not garbage", generation: 2 } }]);
  });
});

describe("a dry run that would be refused", () => {
  test("on one message ends with 1 and prints no flags to apply it", async () => {
    const refusal = { outcome: "would refuse", because: "It was discarded.", generation: 1 };
    api.answers["POST /failed-messages/k/redrive"] = [refusal];

    const { code, text } = await api.run("failed", "redrive", "k");

    expect({ code, text }).toEqual({
      code: 1,
      text: "k  would refuse: It was discarded. (generation 1)\nnothing was changed\n",
    });
  });

  test.each([
    [{ send: 0, resolve: 0, refuse: 2 }, 1, false],
    [{ send: 0, resolve: 1, refuse: 2 }, 0, true],
    [{ send: 0, resolve: 0, refuse: 0 }, 0, false],
  ])(
    "on several messages, %o: ends with %i; prints the flags that apply it: %s",
    async (counts, expected, isApplicable) => {
      const outcomes = (["send", "resolve", "refuse"] as const).map((outcome) => {
        return { outcome, count: counts[outcome], samples: [] };
      });
      const total = outcomes.reduce((sum, { count }) => sum + count, 0);
      api.answers["POST /jobs"] = [somePreview({ total, outcomes })];

      const { code, text } = await api.run("failed", "redrive", "--reason", "EXPIRED");

      expect(code).toBe(expected);
      expect(text.includes(APPLY)).toBe(isApplicable);
    },
  );

  test("of a republish without matching orders prints no flags to apply it", async () => {
    const outcomes = [{ outcome: "publish" as const, count: 0, samples: [] }];
    api.answers["POST /jobs"] = [somePreview({ act: "republish", outcomes })];

    const { code, text } = await api.run("orders", "republish", "--status", "PENDING");

    expect({ code, text }).toEqual({ code: 0, text: "0 orders\n  would publish 0\nnothing was changed\n" });
  });

  test("of a discard of a discarded message prints no flags to apply it", async () => {
    api.answers["POST /failed-messages/k/discard"] = [
      { status: "DISCARDED", generation: 1, consequences: [] },
    ];

    const { text } = await api.run("failed", "discard", "k");

    expect(text).toMatch(/\nnothing was changed\n$/);
  });
});

describe("a command with --yes", () => {
  test.each([
    [["--url", "https://api.example.com/v1"], "target: the deployment at https://api.example.com/v1\n"],
    [["--url", "http://127.0.0.1:4566/v1"], "target: the deployment at http://127.0.0.1:4566/v1\n"],
    [["--url", "http://127.0.0.1:4010"], "target: the local emulator at http://127.0.0.1:4010\n"],
    [[], "target: the local emulator at http://emulator\n"],
  ])("prints its target first, %j: %s", async (flags, first) => {
    const path = new URL(flags[1] ?? "http://emulator/").pathname.replace(/\/$/, "");
    api.answers["GET /_emulator"] = [{ functions: [] }];
    api.answers[`POST ${path}/failed-messages/k/redrive`] = [{ outcome: "sent", generation: 1 }];

    const { code, errors } = await api.run("failed", "redrive", "k", "--yes", "--why", "w", ...flags);

    expect({ code, errors }).toEqual({ code: 0, errors: first });
  });
});

describe("a job that the API leaves to maintenance", () => {
  const JOB = someJob({ status: "RUNNING", total: 500, done: 50 });
  const ENDED = someJob({ total: 500, done: 500, endedAt: "2026-01-01T12:01:40.000Z" });

  test.each([[[]], [["--json"]]])("is reported on standard error, with flags %j", async (flags) => {
    api.answers["POST /jobs"] = [JOB];
    api.answers["GET /jobs/j1"] = [ENDED];

    const { code, text, errors } = await api.run(
      ...["failed", "redrive", "--reason", "EXPIRED", "--yes", "--why", "mended", ...flags],
    );

    expect(code).toBe(0);
    expect(errors).toMatch(/50 of 500 done.*Maintenance continues the job.*jobs show j1/);
    expect(errors).toMatch(/that were sent may still fail again; .*jobs show j1/);
    expect(text).not.toContain("Maintenance");
  });

  test.each([[[]], [["--json"]]])("is not followed with --no-wait, and flags %j", async (flags) => {
    api.answers["POST /jobs"] = [JOB];

    const { code, text, errors } = await api.run(
      ...["failed", "redrive", "--reason", "EXPIRED", "--yes", "--why", "mended", "--no-wait", ...flags],
    );

    expect(code).toBe(0);
    expect(text).toContain("j1");
    expect(errors).toContain("order-events jobs show j1");
    expect(api.asked.filter(({ path }) => path === "/jobs/j1")).toEqual([]);
  });

  test("prints what it waits for, and for how long", async () => {
    api.answers["POST /jobs"] = [{ ...JOB, isClaimed: false }];
    api.answers["GET /jobs/j1"] = [ENDED];

    const { errors } = await api.run(
      ...["failed", "redrive", "--reason", "EXPIRED", "--yes", "--why", "mended"],
    );

    expect(errors).toContain("starting the job …");
    expect(errors).toContain("50/500  50 sent");
    expect(errors).toContain("; continues with maintenance, within a minute (0 s so far)");
  });

  test("prints its actual rate", async () => {
    api.answers["GET /jobs/j1"] = [ENDED];

    const { text } = await api.run("jobs", "show", "j1");

    expect(text).toContain("0 failed again; 5.0/s of at most 10/s");
  });

  test.each([
    [true, "; at most 10/s\n"],
    [false, "; continues with maintenance, within a minute\n"],
  ])(
    "that runs and is claimed: %s has no rate, which would fall with each pause",
    async (isClaimed, expected) => {
      api.answers["GET /jobs/j1"] = [{ ...JOB, isClaimed }];

      const { text } = await api.run("jobs", "show", "j1");

      expect(text).toContain(expected);
      expect(text).not.toContain("/s of");
    },
  );

  test("is reported for a republish", async () => {
    const job = someJob({ jobId: "j2", act: "republish", status: "RUNNING", done: 4 });
    api.answers["POST /jobs"] = [job];
    api.answers["GET /jobs/j2"] = [{ ...job, status: "DONE" }];

    const { errors } = await api.run(
      ...["orders", "republish", "--status", "PENDING", "--yes", "--why", "off"],
    );

    expect(errors).toContain("\u001b[K4 done. Maintenance continues the job");
  });
});

describe("a redrive of a group", () => {
  const job = someJob({ jobId: "job-1", status: "RUNNING" });
  const redrive = ["failed", "redrive", "--group", "000000000000", "--yes", "--why", "w"];

  test("that is done can be repeated: 0, and the reason", async () => {
    const { jobId: _, ...none } = {
      ...job,
      status: "DONE",
      stoppedBecause: "no open message matches the filter",
    };
    api.answers["POST /jobs"] = [none];

    const { code, text } = await api.run(...redrive);

    expect(code).toBe(0);
    expect(text).toContain("DONE: no open message matches the filter");
  });

  test("without a message is refused as a dry run", async () => {
    api.answers["POST /jobs"] = [somePreview()];

    const { code, errors } = await api.run(...redrive.slice(0, 4));

    expect(code).toBe(1);
    expect(errors).toContain("no open message is in this group");
  });

  test("prints its job after Ctrl-C, also before the first response, and ends with 130", async () => {
    api.answers["POST /jobs"] = [job];
    api.interruption.abort();

    const { code, text, errors } = await api.run(...redrive);

    expect(code).toBe(130);
    expect(text).toContain("job-1  redrive RUNNING");
    expect(errors).toContain("the job continues; to end it:  order-events jobs abort job-1");
  });
});
