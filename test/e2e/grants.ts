/** `npm run grants`: the grants of the stacks that no call of the end-to-end suite needs. */
import { parseArgs } from "node:util";
import { scriptFlags } from "../../lib/script-flags.ts";
import { grantReport, isComplete, NoDecisionsError, reportText } from "./grant-report.ts";

const HELP = `npm run grants -- [flags]: the grants of the stacks that no call of the end-to-end suite needs

Takes each grant (role, action, resource) away and evaluates the calls of the last npm run test:e2e without it.

  --json  prints the result as JSON
  --help  this text

The exit code is 0 when each unneeded grant has a reason in test/e2e/kept-grants.ts, 1 otherwise, 3 when a flag is wrong.
`;

const { json } = scriptFlags(
  HELP,
  (args) => parseArgs({ args: [...args], options: { json: { type: "boolean", default: false } } }).values,
);
try {
  const report = await grantReport();
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  process.exitCode = isComplete(report) ? 0 : 1;
} catch (error) {
  if (!(error instanceof NoDecisionsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
