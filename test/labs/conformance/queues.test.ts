import { afterAll, beforeAll, describe, test } from "vitest";
import { observe } from "./case.ts";
import { BATCH_CASES } from "./cases-queue-batches.ts";
import { REDELIVERY_CASES } from "./cases-queue-redelivery.ts";
import { RESPONSE_CASES } from "./cases-queue-responses.ts";
import { checkRule } from "./check-rule.ts";
import { openTarget } from "./open-target.ts";
import { emptied, type QueueCase } from "./queue-case.ts";
import { type ConformanceTarget, QUEUE_DEFAULTS } from "./target.ts";

let target: ConformanceTarget;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target.close());

const run = (each: QueueCase): Promise<unknown> => {
  const { visibilitySeconds = QUEUE_DEFAULTS.visibilitySeconds } = target;
  const setup = { ...QUEUE_DEFAULTS, visibilitySeconds, ...each.setup };
  return observe({ drive: emptied, ...each }, (script) => target.openQueue(setup, script));
};

describe.each([
  ["responses", RESPONSE_CASES],
  ["redelivery", REDELIVERY_CASES],
  ["batches", BATCH_CASES],
])("mappings of queues, %s", (_name, cases) => {
  test.concurrent.each(cases)("$rule", (each) => checkRule(target, each, () => run(each)));
});
