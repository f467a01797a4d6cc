import { startStage } from "../../lib/emulator/start-emulator.ts";
import { synthesize } from "../../lib/emulator/synth.ts";
import { ROOT } from "./emulator-target.ts";

/** A stage that keeps its state in the folder named first, for tests that kill it. It writes its address once it is up. */
const [dataDir = ""] = process.argv.slice(2);
const assembly = async () => (await synthesize(ROOT)).directory;
const stage = await startStage({ port: 0, dataDir, assembly });
process.stdout.write(`${stage.url}\n`);
