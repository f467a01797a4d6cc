/**
 * `npm run localstack:bridge [-- --test]`: stands in for the mappings of topics, which LocalStack has not, until it is
 * interrupted; with `--test` until the cases of test/bridge are run.
 */
import { once } from "node:events";
import { runCommand, step } from "../../lib/deploy/steps.ts";
import { openBridge, testBridge } from "../bridge/run-cases.ts";
import { localStack, requireRunning } from "./docker.ts";

await runCommand(async () => {
  await requireRunning();
  const emulator = localStack({ withKafka: true });
  if (process.argv.includes("--test")) return testBridge("localstack", emulator);
  const bridge = await openBridge(emulator);
  console.log("The bridge runs until Ctrl+C.");
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await step("stop the bridge", () => bridge.stop());
  return 0;
});
