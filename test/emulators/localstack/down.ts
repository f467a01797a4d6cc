/** `npm run localstack:down`: stops LocalStack, the broker and the functions' containers, and deletes their data. */
import { DeployError, runCommand, step } from "../../../lib/deploy/steps.ts";
import { noFlags, scriptFlags } from "../../../lib/script-flags.ts";
import { compose, requireDocker } from "./docker.ts";

const HELP = `npm run localstack:down: stops LocalStack, the broker and the functions' containers, and deletes their data

  --help  this text
`;
scriptFlags(HELP, noFlags);

await runCommand(async () => {
  await requireDocker();
  await step("docker compose down", async () => {
    const { code, output } = await compose("--profile", "kafka", "down", "--volumes", "--remove-orphans");
    if (code !== 0) throw new DeployError(output.trim());
  });
  return 0;
});
