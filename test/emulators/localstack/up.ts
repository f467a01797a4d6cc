/** `npm run localstack:up [-- --kafka] [-- --no-docker]`: starts LocalStack and waits until it responds. */
import { parseArgs } from "node:util";
import { DeployError, UnavailableError } from "../../../lib/deploy/deploy-error.ts";
import { runScript, step } from "../../../lib/deploy/steps.ts";
import { scriptFlags } from "../../../lib/script-flags.ts";
import {
  compose,
  isUp,
  localStack,
  missingDocker,
  portOf,
  requireFreePort,
  requireToken,
  whyDown,
} from "./docker.ts";
import { startProcesses } from "./processes.ts";

const HELP = `npm run localstack:up -- [flags]: starts LocalStack and waits until it responds

  --kafka      starts a broker as well; needs Docker
  --no-docker  from PyPI as processes of this machine, also where Docker is; needs Python 3.13 and Java 17
  --help       this text

Without Docker it starts as with --no-docker. LOCALSTACK_PORT is its port, PYTHON the Python to use. With Docker,
LOCALSTACK_IMAGE is another image, LOCALSTACK_AUTH_TOKEN the token that it requires.
`;
const { kafka: withKafka, "no-docker": noDocker } = scriptFlags(HELP, (args) => {
  const flag = { type: "boolean", default: false } as const;
  return parseArgs({ args: [...args], options: { kafka: flag, "no-docker": flag } }).values;
});

async function startContainers(): Promise<void> {
  const profiles = withKafka ? ["--profile", "kafka"] : [];
  await step("docker compose up (the first time it pulls images)", async () => {
    const { code, output } = await compose(...profiles, "up", "--detach", "--wait");
    if (code === 0) return;
    const { output: log } = await compose("logs", "--no-color", "localstack");
    throw new DeployError(whyDown(`${output}\n${log}`));
  });
}

await runScript(async () => {
  requireToken();
  const port = portOf();
  const { endpoint, kafka } = localStack({ withKafka });
  const missing = noDocker ? "--no-docker" : await missingDocker();
  if (missing === undefined) {
    if (!(await isUp())) await requireFreePort(port, "LOCALSTACK_PORT");
    await startContainers();
  } else {
    if (withKafka)
      throw new UnavailableError(
        `${missing}: --kafka needs Docker. Without it:  npm run ministack:test -- --kafka`,
      );
    if (await isUp())
      throw new DeployError(`Something runs at ${endpoint}. Stop it:  npm run localstack:down`);
    await requireFreePort(port, "LOCALSTACK_PORT");
    console.log(`${missing}: LocalStack runs as processes of this machine.`);
    await startProcesses(port);
  }
  console.log(`LocalStack: ${endpoint}`);
  if (kafka !== undefined) console.log(`Kafka:      ${kafka.fromHere}`);
  console.log(`Next:  npm run localstack:deploy${withKafka ? " -- --kafka" : ""}`);
  return 0;
});
