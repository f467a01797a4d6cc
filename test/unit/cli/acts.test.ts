import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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
  const tally = (count: number) => ({ count, samples: [] });

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
      const tallies = Object.entries(counts).map(([verdict, count]) => [verdict, tally(count)]);
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      api.answers["POST /failed-messages/redrives"] = [{ total, ...Object.fromEntries(tallies) }];

      const { code, text } = await api.run("failed", "redrive", "--reason", "EXPIRED");

      expect(code).toBe(expected);
      expect(text.includes(APPLY)).toBe(isApplicable);
    },
  );

  test("of a republish without matching orders prints no flags to apply it", async () => {
    api.answers["POST /republishes"] = [{ total: 0, samples: [] }];

    const { code, text } = await api.run("orders", "republish", "--status", "PENDING");

    expect({ code, text }).toEqual({ code: 0, text: "would publish 0 events\nnothing was changed\n" });
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
  const JOB = {
    jobId: "j1",
    status: "RUNNING",
    total: 500,
    sent: 50,
    resolved: 0,
    refused: 0,
    failedAgain: 0,
    ratePerSecond: 10,
    startedAt: "2026-01-01T12:00:00.000Z",
    why: "mended",
  };
  const ENDED = { ...JOB, status: "DONE", sent: 500, endedAt: "2026-01-01T12:01:40.000Z" };

  test.each([[[]], [["--json"]]])("is reported on standard error, with flags %j", async (flags) => {
    api.answers["POST /failed-messages/redrives"] = [JOB];
    api.answers["GET /failed-messages/redrives/j1"] = [ENDED];

    const { code, text, errors } = await api.run(
      ...["failed", "redrive", "--reason", "EXPIRED", "--yes", "--why", "mended", ...flags],
    );

    expect(code).toBe(0);
    expect(errors).toMatch(/50 of 500 done.*Maintenance continues the job.*failed status j1/);
    expect(text).not.toContain("Maintenance");
  });

  test("prints its actual rate", async () => {
    api.answers["GET /failed-messages/redrives/j1"] = [ENDED];

    const { text } = await api.run("failed", "status", "j1");

    expect(text).toContain("0 failed again; 5.0/s of at most 10/s");
  });

  test("is reported for a republish", async () => {
    const job = { jobId: "j2", status: "RUNNING", published: 4, refused: 0 };
    api.answers["POST /republishes"] = [job];
    api.answers["GET /republishes/j2"] = [{ ...job, status: "DONE" }];

    const { errors } = await api.run(
      ...["orders", "republish", "--status", "PENDING", "--yes", "--why", "off"],
    );

    expect(errors).toContain("4 done. Maintenance continues the job");
  });
});

describe("a redrive of a group", () => {
  const job = {
    jobId: "job-1",
    status: "RUNNING",
    sent: 0,
    resolved: 0,
    refused: 0,
    failedAgain: 0,
    why: "w",
    startedAt: "2026-01-31T12:00:00.000Z",
  };
  const redrive = ["failed", "redrive", "--group", "000000000000", "--yes", "--why", "w"];

  test("that is done can be repeated: 0, and the reason", async () => {
    const { jobId: _, ...none } = {
      ...job,
      status: "DONE",
      stoppedBecause: "no open message matches the filter",
    };
    api.answers["POST /failed-messages/redrives"] = [none];

    const { code, text } = await api.run(...redrive);

    expect(code).toBe(0);
    expect(text).toContain("DONE: no open message matches the filter");
  });

  test("without a message is refused as a dry run", async () => {
    api.answers["POST /failed-messages/redrives"] = [{ dryRun: true, total: 0 }];

    const { code, errors } = await api.run(...redrive.slice(0, 4));

    expect(code).toBe(1);
    expect(errors).toContain("no open message is in this group");
  });

  test("prints its job after Ctrl-C, also before the first response, and ends with 130", async () => {
    api.answers["POST /failed-messages/redrives"] = [job];
    api.interruption.abort();

    const { code, text } = await api.run(...redrive);

    expect(code).toBe(130);
    expect(text).toContain("job-1  RUNNING");
  });
});
