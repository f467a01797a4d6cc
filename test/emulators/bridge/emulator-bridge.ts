import { access } from "node:fs/promises";
import { join } from "node:path";
import { readSettings } from "../../../lib/config.ts";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { type KafkaBridge, startKafkaBridge } from "../../../lib/emulator/kafka/bridge/kafka-bridge.ts";
import { ensureTopics } from "../../../lib/emulator/kafka/broker/create-topics.ts";
import { signedFetch } from "../../../lib/operator/target/aws-target.ts";
import { wantedTopics } from "../../../lib/settings/wanted-topics.ts";
import { printLine } from "../../../lib/terminal.ts";
import {
  assemblyOf,
  EMULATOR_KEYS,
  EMULATOR_REGION,
  type Emulator,
  emulatorSettings,
} from "../aws-emulator.ts";

/**
 * Creates the topics and runs the Kafka event source mappings of the stacks that `deployToEmulator` deployed.
 * Rejects with DeployError when nothing was deployed with Kafka, or no broker answers.
 */
export async function startEmulatorBridge(emulator: Emulator): Promise<KafkaBridge> {
  const { name, kafka, endpoint: origin } = emulator;
  const assembly = assemblyOf(emulator);
  const isThere = await access(join(assembly, "manifest.json")).then(
    () => true,
    () => false,
  );
  if (kafka === undefined || !isThere)
    throw new DeployError(`Nothing was deployed with Kafka. Deploy it:  npm run ${name}:deploy -- --kafka`);
  const { fromHere: brokers } = kafka;
  const topics = wantedTopics(readSettings(emulatorSettings(emulator)));
  await ensureTopics(brokers, topics).catch((cause: unknown) => {
    throw new DeployError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const keys = { region: EMULATOR_REGION, credentials: async () => EMULATOR_KEYS };
  return startKafkaBridge({
    assembly,
    origin,
    send: signedFetch(keys, "lambda"),
    region: EMULATOR_REGION,
    brokers,
    onLine: ({ source, text }) => printLine(`   ${source}: ${text}`),
  });
}
