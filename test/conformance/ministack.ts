import { installMiniStack } from "../ministack/python.ts";
import { startMiniStack } from "../ministack/server.ts";
import { openEmulatorTarget } from "./emulator-target.ts";
import type { ConformanceTarget } from "./target.ts";

/** What MiniStack 1.5.33 was seen to do otherwise: rule → what it does. */
const DEPARTURES: Readonly<Record<string, string>> = {};

export async function openMiniStackTarget(): Promise<ConformanceTarget> {
  const { endpoint, stop } = await startMiniStack(await installMiniStack());
  return openEmulatorTarget({ name: "MiniStack", endpoint, departures: DEPARTURES, stop });
}
