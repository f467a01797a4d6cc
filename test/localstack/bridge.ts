/**
 * `npm run localstack:bridge [-- --test]`: stands in for the mappings of topics, which LocalStack has not, until it is
 * interrupted; with `--test` until the cases of test/bridge are run.
 */
import { runCommand, step } from "../../lib/deploy/steps.ts";
import { openBridge, testBridge } from "../bridge/run-cases.ts";
import { localStack, requireRunning } from "./docker.ts";

/** From the first signal on, further ones are without effect: npm passes on what the terminal has sent already. */
const interrupted = () =>
  new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve());
  });

await runCommand(async () => {
  await requireRunning();
  const emulator = localStack({ withKafka: true });
  if (process.argv.includes("--test")) return testBridge("localstack", emulator);
  const bridge = await openBridge(emulator);
  console.log("The bridge runs until Ctrl+C.");
  await interrupted();
  await step("stop the bridge", () => bridge.stop());
  return 0;
});
