/** `npm run localstack:deploy`: the default stacks, by the toolkit with its address set to LocalStack. */
import { deployToEmulator } from "../../lib/deploy/emulator.ts";
import { DeployError, runCommand } from "../../lib/deploy/steps.ts";
import { localStack, requireDocker } from "./docker.ts";

await runCommand(async () => {
  const emulator = localStack();
  const health = await fetch(`${emulator.endpoint}/_localstack/health`).catch(() => undefined);
  if (health?.ok !== true) {
    // Where there is no Docker, starting it is no help.
    await requireDocker();
    throw new DeployError(`Nothing answers at ${emulator.endpoint}. Start it:  npm run localstack:up`);
  }
  await deployToEmulator(emulator);
  console.log("Next:  npm run localstack:test");
  return 0;
});
