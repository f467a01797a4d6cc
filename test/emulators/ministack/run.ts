/**
 * `npm run ministack:test -- [--kafka] [files]`: the same stacks by CloudFormation, without Docker and without an
 * account. Installs MiniStack, starts it, deploys, runs the end-to-end suite, destroys, and stops it whatever happened.
 * With `--kafka` the Kafka stack is deployed, too, Apache Kafka and the bridge run beside it, and the cases are those
 * of test/emulators/bridge.
 */
import { parseArgs } from "node:util";
import { run } from "../../../lib/deploy/child.ts";
import { runScript, step } from "../../../lib/deploy/steps.ts";
import { scriptFlags } from "../../../lib/script-flags.ts";
import { deployToEmulator, destroyInEmulator, type Emulator } from "../aws-emulator.ts";
import { testBridge } from "../bridge/run-cases.ts";
import { openBroker } from "./broker.ts";
import { installMiniStack, MINISTACK_VERSION } from "./python.ts";
import { startMiniStack } from "./server.ts";

const HELP = `npm run ministack:test -- [flags] [files]: installs MiniStack, deploys the stacks to it, tests them, and destroys them

  --kafka  the Kafka stack, too, with Apache Kafka and the bridge beside it; the cases are those of test/emulators/bridge
  --help   this text

Needs Python 3, but neither Docker nor an account. The exit code is 1 when a case or a step failed, 2 when something is
missing on this machine, 3 when a flag is wrong.
`;
const { withKafka, files } = scriptFlags(HELP, (args) => {
  const options = { kafka: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  if (values.kafka && positionals.length > 0)
    throw new RangeError(
      `With --kafka the cases are those of test/emulators/bridge; received ${positionals.join(" ")}.`,
    );
  return { withKafka: values.kafka, files: positionals };
});

async function testWhole({ endpoint }: Emulator): Promise<number> {
  const where = ["test/e2e/run.ts", "--target", "ministack", "--endpoint", endpoint];
  return step("the end-to-end suite", async () => {
    const ended = await run(process.execPath, [...where, "--", ...files], { visible: true });
    return ended.code;
  });
}

await runScript(async () => {
  const programs = await installMiniStack();
  const broker = withKafka ? await openBroker() : undefined;
  const running = await step(`start MiniStack ${MINISTACK_VERSION}`, () => startMiniStack(programs));
  console.log(`   ${running.endpoint}, log: ${running.log}`);
  const stop = async () => {
    await Promise.all([running.stop(), broker?.close()]);
  };
  const interrupted = () => void stop().then(() => process.exit(130));
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  const brokers = broker?.brokers;
  const emulator: Emulator =
    brokers === undefined ? running : { ...running, kafka: { fromFunctions: brokers, fromHere: brokers } };
  try {
    await deployToEmulator(emulator);
    const code = withKafka ? await testBridge("ministack", emulator) : await testWhole(emulator);
    await destroyInEmulator(emulator);
    return code;
  } finally {
    await step(withKafka ? "stop MiniStack and Kafka" : "stop MiniStack", stop);
  }
});
