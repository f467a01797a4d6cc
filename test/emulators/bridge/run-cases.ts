import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { run } from "../../../lib/deploy/child.ts";
import { step } from "../../../lib/deploy/steps.ts";
import type { KafkaBridge } from "../../../lib/emulator/kafka/bridge/kafka-bridge.ts";
import { findDeployment } from "../../e2e/deployment.ts";
import { DEPLOYMENT_VARIABLE, SLOWNESS_VARIABLE } from "../../e2e/names.ts";
import { outcomeOf } from "../../e2e/report.ts";
import { TARGET_FACTS } from "../../e2e/targets.ts";
import type { Emulator } from "../aws-emulator.ts";
import { startEmulatorBridge } from "./emulator-bridge.ts";

type EmulatorKind = "ministack" | "localstack";

/** Runs the bridge and the cases beside a deployment. Resolves to their exit code. */
export async function testBridge(kind: EmulatorKind, emulator: Emulator): Promise<number> {
  const bridge = await openBridge(emulator);
  try {
    return await step("the bridge's cases", () => runCases(kind, emulator));
  } finally {
    await step("stop the bridge", () => bridge.stop());
  }
}

/** Starts the bridge and prints its topics. */
export async function openBridge(emulator: Emulator): Promise<KafkaBridge> {
  const bridge = await step("start the bridge", () => startEmulatorBridge(emulator));
  for (const mapping of bridge.mappings) console.log(`   ${mapping}`);
  return bridge;
}

async function runCases(kind: EmulatorKind, { endpoint, kafka }: Emulator): Promise<number> {
  const { stage, slowness } = TARGET_FACTS[kind];
  const deployment = await findDeployment({ kind, stage, endpoint });
  const report = `reports/bridge-${kind}.json`;
  await rm(report, { force: true });
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${report}`];
  const args = ["run", "--config", "test/emulators/bridge/vitest.config.ts", "--root", ".", ...reporters];
  const { code } = await run("node_modules/.bin/vitest", args, {
    visible: true,
    env: {
      ...process.env,
      [DEPLOYMENT_VARIABLE]: JSON.stringify(deployment),
      [SLOWNESS_VARIABLE]: String(slowness),
      KAFKA_BROKERS: kafka?.fromHere,
    },
  });
  // The skipped cases of test/e2e do not concern these.
  if (existsSync(report)) console.log(outcomeOf(report, kind, false).line);
  return code;
}
