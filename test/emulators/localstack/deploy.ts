/**
 * `npm run localstack:deploy [-- --kafka]`: deploys the stacks to LocalStack by the toolkit; with `--kafka` also the Kafka
 * stack.
 */
import { parseArgs } from "node:util";
import { runScript } from "../../../lib/deploy/steps.ts";
import { scriptFlags } from "../../../lib/script-flags.ts";
import { deployToEmulator } from "../aws-emulator.ts";
import { localStack, requireRunning } from "./docker.ts";

const HELP = `npm run localstack:deploy -- [flags]: deploys the stacks to a running LocalStack

  --kafka  the Kafka stack as well
  --help   this text
`;
const { kafka: withKafka } = scriptFlags(HELP, (args) => {
  return parseArgs({ args: [...args], options: { kafka: { type: "boolean", default: false } } }).values;
});

await runScript(async () => {
  await requireRunning();
  await deployToEmulator(localStack({ withKafka }));
  console.log(withKafka ? "Next:  npm run localstack:bridge" : "Next:  npm run localstack:test");
  return 0;
});
