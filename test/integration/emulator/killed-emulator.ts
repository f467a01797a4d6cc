import { probeHost } from "./probe-host.ts";

// A minimal emulator: one idle instance, and one with a blocked event loop. Prints their process ids.
const host = probeHost({ timeoutMs: 60_000 }, { maxInstances: 2 });
// Long enough for the start of a second instance, also on a busy machine.
const meet = () => host.run({ do: "meet", ms: 2_000 });
const pids = await Promise.all([meet(), meet()]);
host.run({ do: "spin" });
process.stdout.write(`${JSON.stringify(pids)}\n`);
