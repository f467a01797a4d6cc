import { probeHost } from "./probe-host.ts";

// An emulator in small: one idle instance, and one whose event loop is blocked. Prints their process ids.
const host = probeHost({ timeoutMs: 60_000 }, { maxInstances: 2 });
// Long enough for a second instance to start meanwhile, on a busy machine too.
const meet = () => host.run({ do: "meet", ms: 2_000 });
const pids = await Promise.all([meet(), meet()]);
host.run({ do: "spin" });
process.stdout.write(`${JSON.stringify(pids)}\n`);
