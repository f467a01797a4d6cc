/**
 * `npm run ministack:test -- [--kafka] [files]`: the same stacks by CloudFormation, without Docker and without an
 * account. Installs MiniStack, starts it, deploys, runs the end-to-end suite, destroys, and stops it whatever happened.
 * With `--kafka` the Kafka stack is deployed, too, Apache Kafka and the bridge run beside it, and the cases are those
 * of test/bridge.
 */
import { run } from "../../lib/deploy/child.ts";
import { deployToEmulator, destroyInEmulator, type Emulator } from "../../lib/deploy/emulator.ts";
import { DeployError, runCommand, step } from "../../lib/deploy/steps.ts";
import { testBridge } from "../bridge/run-cases.ts";
import { openBroker } from "./broker.ts";
import { installMiniStack, MINISTACK_VERSION } from "./python.ts";
import { startMiniStack } from "./server.ts";

const args = process.argv.slice(2);
const withKafka = args.includes("--kafka");
const files = args.filter((each) => each !== "--kafka");

async function testWhole({ endpoint }: Emulator): Promise<number> {
  const where = ["test/e2e/run.ts", "--target", "ministack", "--endpoint", endpoint];
  return step("the end-to-end suite", async () => {
    const ended = await run(process.execPath, [...where, ...files], { visible: true });
    return ended.code;
  });
}

await runCommand(async () => {
  if (withKafka && files.length > 0)
    throw new DeployError(`With --kafka the cases are those of test/bridge; received ${files.join(" ")}.`);
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
