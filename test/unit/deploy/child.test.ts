import { expect, it } from "vitest";
import { run, runOrThrow } from "../../../lib/deploy/child.ts";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { step } from "../../../lib/deploy/steps.ts";

const script = (text: string) => [process.execPath, ["-e", text]] as const;

it("both output streams of a command are kept", async () => {
  const ended = await run(...script('console.log("out"); console.error("err"); process.exitCode = 3'));

  expect(ended.code).toBe(3);
  expect(ended.output.split("\n").sort()).toEqual(["", "err", "out"]);
});

it("a failed command rejects with its code and the end of its output", async () => {
  const failed = runOrThrow(...script('console.log("the last word"); process.exit(7)'));

  await expect(failed).rejects.toThrow(DeployError);
  await expect(failed).rejects.toThrow(/exited with 7:\nthe last word$/);
});

it("a missing command is named", async () => {
  await expect(run("no-such-command", [])).rejects.toThrow(/no-such-command cannot be started/);
});

it("a failed step keeps its error", async () => {
  await expect(step("a step", async () => Promise.reject(new DeployError("why")))).rejects.toThrow("why");
});
