import { afterAll, beforeAll, describe, test } from "vitest";
import { BATCH_CASES } from "./cases-queue-batches.ts";
import { REDELIVERY_CASES } from "./cases-queue-redelivery.ts";
import { RESPONSE_CASES } from "./cases-queue-responses.ts";
import { hold } from "./hold.ts";
import { openTarget } from "./open-target.ts";
import { emptied, type QueueCase, succeed } from "./queue-case.ts";
import { type ConformanceTarget, QUEUE_DEFAULTS, type QueueRig } from "./target.ts";

let target: ConformanceTarget;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target.close());

const run = async (each: QueueCase): Promise<unknown> => {
  const { rule, setup, script, drive = emptied, seen } = each;
  // The script may look at the rig that it is a part of.
  let rig: QueueRig | undefined;
  const scripted = () => {
    if (rig === undefined) throw new Error(`${rule}: the function ran before its mapping was made`);
    return script?.(rig) ?? (() => succeed);
  };
  const { visibilitySeconds = QUEUE_DEFAULTS.visibilitySeconds } = target;
  const settings = { ...QUEUE_DEFAULTS, visibilitySeconds, ...setup };
  rig = await target.openQueue(settings, (invocation) => scripted()(invocation));
  try {
    await drive(rig);
    return await seen(rig);
  } finally {
    await rig.close();
  }
};

describe.each([
  ["responses", RESPONSE_CASES],
  ["redelivery", REDELIVERY_CASES],
  ["batches", BATCH_CASES],
])("mappings of queues, %s", (_name, cases) => {
  test.concurrent.each(cases)("$rule", (each) => hold(target, each, () => run(each)));
});
