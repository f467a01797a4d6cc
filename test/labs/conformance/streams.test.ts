import { afterAll, beforeAll, describe, test } from "vitest";
import { observe } from "./case.ts";
import { STREAM_FAILURE_CASES } from "./cases-stream-failures.ts";
import { STREAM_FILTER_CASES } from "./cases-stream-filters.ts";
import { STREAM_READING_CASES } from "./cases-stream-reading.ts";
import { STREAM_RESPONSE_CASES } from "./cases-stream-responses.ts";
import { checkRule } from "./check-rule.ts";
import { openTarget } from "./open-target.ts";
import type { StreamCase } from "./stream-case.ts";
import { type ConformanceTarget, STREAM_DEFAULTS } from "./target.ts";

let target: ConformanceTarget;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target.close());

const run = (each: StreamCase): Promise<unknown> =>
  observe(each, (script) => target.openStream({ ...STREAM_DEFAULTS, ...each.setup }, script));

describe.each([
  ["responses", STREAM_RESPONSE_CASES],
  ["failures", STREAM_FAILURE_CASES],
  ["reading", STREAM_READING_CASES],
  ["filters", STREAM_FILTER_CASES],
])("mappings of streams, %s", (_name, cases) => {
  test.concurrent.each(cases)("$rule", (each) => checkRule(target, each, () => run(each)));
});
