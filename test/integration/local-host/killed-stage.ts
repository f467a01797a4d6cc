import { probeHost } from "./probe-host.ts";

// A stage in small: one idle instance, and one whose event loop is blocked. Prints their process ids.
const host = probeHost({ timeoutMs: 60_000 }, { maxInstances: 2 });
const meet = () => host.run({ do: "meet", ms: 50 });
const pids = await Promise.all([meet(), meet()]);
host.run({ do: "spin" });
process.stdout.write(`${JSON.stringify(pids)}\n`);
