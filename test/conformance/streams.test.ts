import { afterAll, beforeAll, describe, test } from "vitest";
import { STREAM_FAILURE_CASES } from "./cases-stream-failures.ts";
import { STREAM_FILTER_CASES } from "./cases-stream-filters.ts";
import { STREAM_READING_CASES } from "./cases-stream-reading.ts";
import { STREAM_RESPONSE_CASES } from "./cases-stream-responses.ts";
import { hold } from "./hold.ts";
import { openTarget } from "./open-target.ts";
import { succeed } from "./queue-case.ts";
import type { StreamCase } from "./stream-case.ts";
import { type ConformanceTarget, STREAM_DEFAULTS, type StreamRig } from "./target.ts";

let target: ConformanceTarget;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target.close());

const run = async ({ rule, setup, script, drive, seen }: StreamCase): Promise<unknown> => {
  // The script may look at the rig that it is a part of.
  let rig: StreamRig | undefined;
  const scripted = () => {
    if (rig === undefined) throw new Error(`${rule}: the function ran before its mapping was made`);
    return script?.(rig) ?? (() => succeed);
  };
  rig = await target.openStream({ ...STREAM_DEFAULTS, ...setup }, (invocation) => scripted()(invocation));
  try {
    await drive(rig);
    return await seen(rig);
  } finally {
    await rig.close();
  }
};

describe.each([
  ["responses", STREAM_RESPONSE_CASES],
  ["failures", STREAM_FAILURE_CASES],
  ["reading", STREAM_READING_CASES],
  ["filters", STREAM_FILTER_CASES],
])("mappings of streams, %s", (_name, cases) => {
  test.concurrent.each(cases)("$rule", (each) => hold(target, each, () => run(each)));
});
