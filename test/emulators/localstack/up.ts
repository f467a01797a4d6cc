/** `npm run localstack:up [-- --kafka]`: starts LocalStack in Docker and waits until it responds. */
import { parseArgs } from "node:util";
import { DeployError, runCommand, step } from "../../../lib/deploy/steps.ts";
import { scriptFlags } from "../../../lib/script-flags.ts";
import {
  compose,
  localStack,
  portOf,
  requireDocker,
  requireFreePort,
  requireToken,
  whyDown,
} from "./docker.ts";

const HELP = `npm run localstack:up -- [flags]: starts LocalStack in Docker and waits until it responds

  --kafka  starts a broker as well
  --help   this text

LOCALSTACK_PORT is its port, LOCALSTACK_IMAGE another image, LOCALSTACK_AUTH_TOKEN the token that it requires.
`;
const { kafka: withKafka } = scriptFlags(HELP, (args) => {
  return parseArgs({ args: [...args], options: { kafka: { type: "boolean", default: false } } }).values;
});

await runCommand(async () => {
  requireToken();
  const port = portOf();
  await requireDocker();
  const isRunning = (await compose("ps", "--quiet", "localstack")).output.trim() !== "";
  if (!isRunning) await requireFreePort(port, "LOCALSTACK_PORT");
  const profiles = withKafka ? ["--profile", "kafka"] : [];
  await step("docker compose up (the first time it pulls images)", async () => {
    const { code, output } = await compose(...profiles, "up", "--detach", "--wait");
    if (code === 0) return;
    const { output: log } = await compose("logs", "--no-color", "localstack");
    throw new DeployError(whyDown(`${output}\n${log}`));
  });
  const { endpoint, kafka } = localStack({ withKafka });
  console.log(`LocalStack: ${endpoint}`);
  if (kafka !== undefined) console.log(`Kafka:      ${kafka.fromHere}`);
  console.log(`Next:  npm run localstack:deploy${withKafka ? " -- --kafka" : ""}`);
  return 0;
});
