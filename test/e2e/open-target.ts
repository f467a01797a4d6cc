import { afterAll, beforeEach } from "vitest";
import type { LimitOptions } from "../../lib/emulator/aws-limits/limit-options.ts";
import { attach } from "./attach.ts";
import { type Client, client } from "./client.ts";
import { openDeployment } from "./deployed-target.ts";
import type { Deployment } from "./deployment.ts";
import { skippedBecause } from "./differences.ts";
import { openEmulator } from "./emulator-target.ts";
import { DEPLOYMENT_VARIABLE } from "./names.ts";
import type { EmulatorTarget, OpenTarget } from "./target.ts";
import type { TakenGrant } from "./without-grants.ts";

/** The target of a file. */
export interface Opened {
  readonly target: OpenTarget;
  readonly api: Client;
  /** A unique name for a SKU, a customer or a key, over files and runs. */
  readonly own: (name: string) => string;
}

let shared: Promise<EmulatorTarget> | undefined;
let files = 0;

/** The emulator that the files of one worker share in sequence. It ends with the worker. */
async function openShared(): Promise<OpenTarget> {
  shared ??= openEmulator();
  const { url, invoke, leaveCrashedBatch } = await shared;
  files += 1;
  return { ...(await attach(url)), invoke, leaveCrashedBatch, tag: `-${files}` };
}

/**
 * The target of a file, chosen at the start of the suite. Closes it after the file, and skips unsupported cases with the
 * reason.
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

/** An emulator for a file of the folder `emulator`, with the default or other settings, or without some grants. */
export async function openOwnEmulator(
  settings?: Readonly<Record<string, string>>,
  limits?: LimitOptions,
  taken?: readonly TakenGrant[],
): Promise<{ readonly target: EmulatorTarget; readonly api: Client }> {
  const target = await openEmulator(settings, limits, taken);
  afterAll(() => target.close());
  return { target, api: client(target) };
}
