import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseRunbooks } from "../../../lib/operator/console/server/runbooks.ts";
import { changedThreshold } from "../../../lib/settings/consumer-thresholds.ts";
import { THRESHOLDS } from "../../../lib/settings/thresholds.ts";

const page = readFileSync(new URL("../../../lib/stacks/runbooks.md", import.meta.url), "utf8");

it.each(Object.entries(THRESHOLDS))("the runbook of %s is complete, with a command", (kind, threshold) => {
  const { means } = changedThreshold(threshold);
  const { lookAt, act } = parseRunbooks(page)[`alarm-${kind}`] ?? {};

  expect(page).toContain(`- Look at: ${lookAt}\n- Do: ${act}\n`);
  // Code fences are closed.
  for (const text of [lookAt, act]) expect((text?.split("`").length ?? 0) % 2).toBe(1);
  expect(page).toContain(`## alarm-${kind}\n\n${means}\n`);
  expect(act, "a command").toMatch(/`(npm run|npx|aws) [^`]+`/);
});

it.each([
  ["a heading of no alarm", "### Layout\n\n- Look at: a\n- Do: b\n"],
  ["an alarm without an action", "### alarm-x\n\n- Look at: a\n"],
  ["an alarm whose text is under the next heading", "### alarm-x\n\n## y\n\n- Look at: a\n- Do: b\n"],
])("%s is not a runbook", (_, markdown) => {
  expect(parseRunbooks(markdown)).toEqual({});
});
