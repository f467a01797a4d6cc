import { expect, it } from "vitest";
import { deployFlags } from "../../../lib/deploy/deploy-flags.ts";
import { DeployError } from "../../../lib/deploy/steps.ts";

it("nothing given: the default stage, asking first", () => {
  const flags = deployFlags([]);

  expect(flags).toMatchObject({ yes: false, emptyBucket: false, context: [], settings: { stage: "dev" } });
  expect(flags).not.toHaveProperty("profile");
});

it("settings reach the toolkit as they were given, and the stage by its own flag, too", () => {
  const { settings, context, profile, yes } = deployFlags([
    ...["-c", "alarmEmail=ops@example.com", "-c", "logRetentionDays=7"],
    ...["--stage", "prod", "--profile", "p", "--yes"],
  ]);

  expect(context).toEqual([
    ...["-c", "alarmEmail=ops@example.com", "-c", "logRetentionDays=7"],
    ...["-c", "stage=prod"],
  ]);
  expect(settings).toMatchObject({ stage: "prod", logRetentionDays: 7, protectData: true });
  expect({ profile, yes }).toEqual({ profile: "p", yes: true });
});

it.each([
  [["--stag", "dev"], /--stag/],
  [["-c", "stage"], /-c takes name=value; received "stage"/],
  [["-c", "stag=dev"], /There is no setting "stag"/],
  [["-c", "logRetentionDays=2"], /logRetentionDays/],
  [["--stage", "Prod"], /1 to 20 lower-case letters/],
])("%j is refused before anything is looked at", (args, expected) => {
  const read = () => deployFlags(args);

  expect(read).toThrow(DeployError);
  expect(read).toThrow(expected);
});
