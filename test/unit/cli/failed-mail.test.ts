import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { someJob } from "./some-job.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const KEY = "notify-customer~A:2:order.confirmed";

test.each([
  ["--sent", "sent"],
  ["--not-sent", "not-sent"],
])("failed redrive %s sends the outcome of the mail: %s", async (flag, mail) => {
  api.answers[`POST /failed-messages/${KEY}/redrive`] = [{ outcome: "would send", generation: 1 }];

  const { code } = await api.run("failed", "redrive", KEY, flag);

  expect(api.asked).toMatchObject([{ body: { dryRun: true, mail } }]);
  expect(code).toBe(0);
});

test("failed redrive without --sent and --not-sent sends no outcome of a mail", async () => {
  api.answers[`POST /failed-messages/${KEY}/redrive`] = [{ outcome: "would send", generation: 1 }];

  await api.run("failed", "redrive", KEY);

  expect(api.asked[0]?.body).not.toHaveProperty("mail");
});

test.each([
  ["--sent", "sent"],
  ["--not-sent", "not-sent"],
])("failed redrive --group %s sends the decision with the job: %s", async (flag, mail) => {
  const decided = mail === "sent" ? ("sent" as const) : ("not-sent" as const);
  const group = "0123456789ab";
  api.answers["POST /jobs"] = [someJob({ mail: decided, resolved: 2 })];

  const { code, text } = await api.run(
    ...["failed", "redrive", "--group", group, flag, "--yes", "--why", "by the log of the provider"],
  );

  expect(api.asked).toMatchObject([{ body: { act: "redrive", filter: { fingerprint: group }, mail } }]);
  expect(text).toContain(`redrive (mails: ${mail}) DONE`);
  expect(code).toBe(0);
});

test.each([
  [[KEY, "--sent", "--not-sent"], "exclude each other"],
  [["--reason", "OUTCOME_UNKNOWN", "--sent", "--not-sent"], "exclude each other"],
])("failed redrive %j is invalid usage", async (args, message) => {
  const { code, errors } = await api.run("failed", "redrive", ...args);

  expect(code).toBe(3);
  expect(errors).toContain(message);
  expect(api.asked).toEqual([]);
});
