import { fileURLToPath } from "node:url";
import { orderEventsApp } from "../../lib/emulator/order-events/order-events-app.ts";
import { brokerSettings, parseStartFlags, START_HELP } from "../../lib/emulator/order-events/start-flags.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { brokerTexts } from "../../lib/emulator/output/banner.ts";
import { runEmulator } from "../../lib/emulator/run-emulator.ts";
import { emulatorFile } from "../../lib/emulator/running-emulators.ts";
import type { Debugging } from "../../lib/emulator/types.ts";
import { onClosedOutput, terminal } from "../../lib/terminal.ts";

onClosedOutput();

/** `npm start`: runs the stacks of this project in the local emulator. */
const root = fileURLToPath(new URL("../..", import.meta.url));

const flags = parseStartFlags(process.argv.slice(2));
if (flags.kind === "help") process.stdout.write(START_HELP);
else if (flags.kind === "usage") {
  terminal.writeError(`${flags.message}\nSee npm start -- --help\n`);
  process.exitCode = 3;
} else {
  const { kind: _, backbones, processing, settings, watch, inspected, ...run } = flags;
  const all = { ...settings, ...brokerSettings(backbones, processing) };
  await runEmulator({
    ...run,
    app: orderEventsApp,
    recordFile: emulatorFile(root),
    kafka: backbones.includes("kafka"),
    rabbitmq: backbones.includes("rabbitmq"),
    brokerTexts: (emulator) => brokerTexts(emulator, processing),
    async assembly({ step, line }) {
      step("Synthesizing the stacks …");
      return (await synthesize(root, all, line)).directory;
    },
    ...(watch && {
      debugging: debugging(inspected),
      async onReady(emulator, print) {
        const { develop } = await import("../../lib/emulator/order-events/develop.ts");
        return develop(emulator, { root, backbones, settings: all, print });
      },
    }),
  });
}

/** Debuggers from Node's usual port on. */
function debugging(inspected: readonly string[]): Debugging {
  const FIRST_PORT = 9229;
  return {
    sourceMaps: true,
    inspectPort: (name) => (inspected.includes(name) ? FIRST_PORT + inspected.indexOf(name) : undefined),
  };
}
