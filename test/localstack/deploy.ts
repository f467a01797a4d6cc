/**
 * `npm run localstack:deploy [-- --kafka]`: the stacks, by the toolkit with its address set to LocalStack; with
 * `--kafka` that of Kafka, too.
 */
import { deployToEmulator } from "../../lib/deploy/emulator.ts";
import { runCommand } from "../../lib/deploy/steps.ts";
import { localStack, requireRunning } from "./docker.ts";

await runCommand(async () => {
  const withKafka = process.argv.includes("--kafka");
  await requireRunning();
  await deployToEmulator(localStack({ withKafka }));
  console.log(withKafka ? "Next:  npm run localstack:bridge" : "Next:  npm run localstack:test");
  return 0;
});
