import { expect, it } from "vitest";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { deployFlags, destroyFlags } from "../../../lib/deploy/deploy-flags.ts";

it("no flags: the default stage, with confirmation", () => {
  const flags = deployFlags([]);

  expect(flags).toEqual({ yes: false, stage: "dev", region: "", given: {} });
  expect(destroyFlags([])).toEqual({ ...flags, emptyBucket: false });
});

it("--empty-bucket is a flag of destroy only", () => {
  expect(destroyFlags(["--empty-bucket"]).emptyBucket).toBe(true);
});

it("settings are kept unchanged, and the stage is a flag or a setting", () => {
  const flags = deployFlags([
    ...["-c", "alarmEmail=ops@example.com", "-c", "logRetentionDays="],
    ...["--stage", "prod", "--profile", "p", "--yes"],
  ]);

  expect(flags).toMatchObject({ stage: "prod", profile: "p", yes: true });
  expect(flags.given).toEqual({ alarmEmail: "ops@example.com", logRetentionDays: "" });
  expect(deployFlags(["-c", "stage=prod", "-c", "region=eu-west-1"])).toMatchObject({
    stage: "prod",
    region: "eu-west-1",
  });
});

it("a setting that needs another is accepted, because the deployment can have the other", () => {
  expect(deployFlags(["-c", "processing=queues,kafka"]).given).toEqual({ processing: "queues,kafka" });
});

it.each([
  [["--stag", "dev"], /--stag/],
  [["--empty-bucket"], /--empty-bucket is a flag of npm run destroy only/],
  [["-c", "stage"], /-c takes name=value; received "stage"/],
  [["-c", "stag=dev"], /There is no setting "stag"/],
  [["-c", "stag="], /There is no setting "stag"/],
  [["-c", "logRetentionDays=2"], /logRetentionDays/],
  [["--stage", "Prod"], /1 to 20 lower-case letters/],
])("%j is refused before any request", (args, expected) => {
  const read = () => deployFlags(args);

  expect(read).toThrow(DeployError);
  expect(read).toThrow(expected);
});
