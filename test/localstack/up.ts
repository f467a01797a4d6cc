/** `npm run localstack:up [-- --kafka]`: starts LocalStack by Docker and waits until it answers. */
import { DeployError, runCommand, step } from "../../lib/deploy/steps.ts";
import {
  compose,
  localStack,
  portOf,
  requireDocker,
  requireFreePort,
  requireToken,
  whyDown,
} from "./docker.ts";

await runCommand(async () => {
  const withKafka = process.argv.includes("--kafka");
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
