import { fileURLToPath } from "node:url";
import { explain } from "../../../lib/emulator/output/explain-error.ts";
import { scriptFlags } from "../../../lib/script-flags.ts";
import { CHAOS_HELP, type ChaosFlags, chaosFlags } from "./flags.ts";
import { saveReport, textOf } from "./report.ts";
import { run } from "./run.ts";

/** `npm run chaos`: load under faults, then the accounting. */
const REPORTS = fileURLToPath(new URL("../../../reports", import.meta.url));

async function main(flags: ChaosFlags): Promise<void> {
  const startedAt = performance.now();
  const report = await run(flags, (text) => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    process.stderr.write(`${seconds.padStart(4)} s  ${text}\n`);
  });
  await saveReport(REPORTS, report);
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
  process.exitCode = report.checks.every(({ passed }) => passed) ? 0 : 1;
}

await main(scriptFlags(CHAOS_HELP, chaosFlags)).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
