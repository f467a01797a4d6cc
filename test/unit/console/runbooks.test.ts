import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runbooksIn } from "../../../lib/operator/console/server/runbooks.ts";
import { THRESHOLDS } from "../../../lib/settings/thresholds.ts";

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");

it.each(Object.entries(THRESHOLDS))(
  "the README's runbook of %s is told whole, with a command",
  (kind, { means }) => {
    const { lookAt, act } = runbooksIn(readme)[`alarm-${kind}`] ?? {};

    expect(readme).toContain(`- Look at: ${lookAt}\n- Do: ${act}\n`);
    // Code begins and ends.
    for (const text of [lookAt, act]) expect((text?.split("`").length ?? 0) % 2).toBe(1);
    expect(readme).toContain(`### alarm-${kind}\n\n${means}\n`);
    expect(act, "a command that helps").toMatch(/`(npm run|npx|aws) [^`]+`/);
  },
);

it.each([
  ["a heading that is no alarm's", "### Layout\n\n- Look at: a\n- Do: b\n"],
  ["an alarm without anything to do", "### alarm-x\n\n- Look at: a\n"],
  ["an alarm whose words stand under the next heading", "### alarm-x\n\n## y\n\n- Look at: a\n- Do: b\n"],
])("%s is no runbook", (_, markdown) => {
  expect(runbooksIn(markdown)).toEqual({});
});
