import { orderEventsApp } from "../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { startEmulator } from "../../lib/emulator/start-emulator.ts";
import { recordDecision } from "./decisions.ts";
import { ROOT } from "./emulator-target.ts";

/** An emulator with its state in the folder of the first argument, for tests that kill it. Prints its address once it is up. */
const [dataDir = ""] = process.argv.slice(2);
const assembly = async () => (await synthesize(ROOT)).directory;
const emulator = await startEmulator({
  app: orderEventsApp,
  port: 0,
  dataDir,
  assembly,
  onDecided: recordDecision,
});
process.stdout.write(`${emulator.url}\n`);
