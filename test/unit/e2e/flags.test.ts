import { expect, it } from "vitest";
import { FlagError, readFlags } from "../../e2e/flags.ts";

it.each([
  [[], { target: "emulator", where: {}, files: [] }],
  [["test/e2e/orders.test.ts"], { target: "emulator", where: {}, files: ["test/e2e/orders.test.ts"] }],
  [
    ["--target", "localstack"],
    { target: "localstack", where: { endpoint: "http://127.0.0.1:4566" }, files: [] },
  ],
  [
    ["--target", "aws", "--stage", "dev", "--profile", "p"],
    { target: "aws", where: { stage: "dev", profile: "p" }, files: [] },
  ],
  [["--target", "aws", "--allow-stale"], { target: "aws", where: { allowStale: true }, files: [] }],
  [
    ["--target", "ministack", "--endpoint", "http://127.0.0.1:1/"],
    { target: "ministack", where: { endpoint: "http://127.0.0.1:1" }, files: [] },
  ],
])("%j is parsed", (args, expected) => {
  expect(readFlags(args, {})).toEqual(expected);
});

it("LocalStack is on the port in LOCALSTACK_PORT", () => {
  const { where } = readFlags(["--target", "localstack"], { LOCALSTACK_PORT: "4600" });

  expect(where.endpoint).toBe("http://127.0.0.1:4600");
});

it.each([
  [["--target", "azure"], /There is no target "azure"; there are emulator, ministack, localstack, aws/],
  [["--tarhet", "aws"], /--tarhet/],
  [["--profile", "p"], /for a target that is deployed/],
  [["--allow-stale"], /for a target that is deployed/],
  [["--target", "aws", "--endpoint", "http://x"], /--endpoint is for an emulator/],
  [["--target", "ministack"], /npm run ministack:test/],
  [["--target", "localstack", "--profile", "p"], /takes any credentials/],
])("%j is refused with the valid values", (args, expected) => {
  const read = () => readFlags(args, {});

  expect(read).toThrow(FlagError);
  expect(read).toThrow(expected);
});
