/**
 * `npm run localstack:bridge [-- --test]`: replaces the topic mappings, which LocalStack lacks, until it is interrupted;
 * with `--test` until the cases of test/emulators/bridge have run.
 */
import { parseArgs } from "node:util";
import { runScript, step } from "../../../lib/deploy/steps.ts";
import { scriptFlags } from "../../../lib/script-flags.ts";
import { openBridge, testBridge } from "../bridge/run-cases.ts";
import { localStack, requireRunning } from "./docker.ts";

const HELP = `npm run localstack:bridge -- [flags]: gives functions in LocalStack the records of their topics, until Ctrl+C

  --test  runs the cases of test/emulators/bridge, then ends
  --help  this text
`;
const { test } = scriptFlags(HELP, (args) => {
  return parseArgs({ args: [...args], options: { test: { type: "boolean", default: false } } }).values;
});

/** Only the first signal has an effect, because npm forwards signals that the terminal has sent as well. */
const interrupted = () =>
  new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve());
  });

await runScript(async () => {
  await requireRunning();
  const emulator = localStack({ withKafka: true });
  if (test) return testBridge("localstack", emulator);
  const bridge = await openBridge(emulator);
  console.log("The bridge runs until Ctrl+C.");
  await interrupted();
  await step("stop the bridge", () => bridge.stop());
  return 0;
});
