import { afterAll, beforeEach } from "vitest";
import { attach } from "./attach.ts";
import { type Client, client } from "./client.ts";
import { openDeployment } from "./deployed-target.ts";
import type { Deployment } from "./deployment.ts";
import { skippedBecause } from "./differences.ts";
import { openEmulator } from "./emulator-target.ts";
import { DEPLOYMENT_VARIABLE } from "./names.ts";
import type { EmulatorTarget, OpenTarget } from "./target.ts";

/** What a file tests. */
export interface Opened {
  readonly target: OpenTarget;
  readonly api: Client;
  /** A name for a SKU, a customer or a key that no other file and no earlier run has. */
  readonly own: (name: string) => string;
}

let shared: Promise<EmulatorTarget> | undefined;
let files = 0;

/** The emulator that the files of one worker share, one after the other. It ends with the worker's process. */
async function openShared(): Promise<OpenTarget> {
  shared ??= openEmulator();
  const { url, invoke, leaveCrashedBatch } = await shared;
  files += 1;
  return { ...(await attach(url)), invoke, leaveCrashedBatch, tag: `-${files}` };
}

/**
 * What a file tests, chosen when the suite was started. Closes it when the file is done, and skips the cases that the
 * target is known not to support, with the reason on screen.
 */
export async function openTarget(): Promise<Opened> {
  const chosen = process.env[DEPLOYMENT_VARIABLE];
  const target =
    chosen === undefined ? await openShared() : await openDeployment(JSON.parse(chosen) as Deployment);
  beforeEach(({ task, skip }) => {
    const reason = skippedBecause(target.kind, task.name);
    if (reason !== undefined) skip(reason);
  });
  afterAll(() => target.close());
  return { target, api: client(target), own: (name) => `${name}${target.tag}` };
}

/** An emulator of its own for a file of the folder `emulator`, with the stacks as they are or with other settings. */
export async function openOwnEmulator(
  settings?: Readonly<Record<string, string>>,
): Promise<{ readonly target: EmulatorTarget; readonly api: Client }> {
  const target = await openEmulator(settings);
  afterAll(() => target.close());
  return { target, api: client(target) };
}
