/**
 * `npm run ministack:test -- [files]`: the same stacks by CloudFormation, without Docker and without an account.
 * Installs MiniStack, starts it, deploys, runs the end-to-end suite, destroys, and stops it whatever happened.
 */
import { run } from "../../lib/deploy/child.ts";
import { deployToEmulator, destroyInEmulator } from "../../lib/deploy/emulator.ts";
import { runCommand, step } from "../../lib/deploy/steps.ts";
import { installMiniStack, MINISTACK_VERSION } from "./python.ts";
import { type RunningEmulator, startMiniStack } from "./server.ts";

async function deployTestDestroy(emulator: RunningEmulator): Promise<number> {
  await deployToEmulator(emulator);
  const args = ["test/e2e/run.ts", "--target", "ministack", "--endpoint", emulator.endpoint];
  const code = await step("the end-to-end suite", async () => {
    const ended = await run(process.execPath, [...args, ...process.argv.slice(2)], { visible: true });
    return ended.code;
  });
  await destroyInEmulator(emulator);
  return code;
}

await runCommand(async () => {
  const programs = await installMiniStack();
  const emulator = await step(`start MiniStack ${MINISTACK_VERSION}`, () => startMiniStack(programs));
  console.log(`   ${emulator.endpoint}, log: ${emulator.log}`);
  const interrupted = () => void emulator.stop().then(() => process.exit(130));
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    return await deployTestDestroy(emulator);
  } finally {
    await step("stop MiniStack", () => emulator.stop());
  }
});
