/** `npm run localstack:down`: stops LocalStack, its functions and its broker, and deletes their data. */
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { runScript, step } from "../../../lib/deploy/steps.ts";
import { noFlags, scriptFlags } from "../../../lib/script-flags.ts";
import { compose, missingDocker } from "./docker.ts";
import { stopProcesses } from "./processes.ts";

const HELP = `npm run localstack:down: stops LocalStack, its functions and its broker, and deletes their data

  --help  this text
`;
scriptFlags(HELP, noFlags);

await runScript(async () => {
  const wereProcesses = await step("stop processes", () => stopProcesses());
  const missing = await missingDocker();
  if (missing === undefined)
    await step("docker compose down", async () => {
      const { code, output } = await compose("--profile", "kafka", "down", "--volumes", "--remove-orphans");
      if (code !== 0) throw new DeployError(output.trim());
    });
  else if (!wereProcesses) console.log(`${missing}, and no LocalStack runs that was started without it.`);
  return 0;
});
