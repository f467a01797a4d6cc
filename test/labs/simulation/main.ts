import { parseArgs } from "node:util";
import { scriptFlags } from "../../../lib/script-flags.ts";
import { campaign, piecesOf } from "./campaign/campaign.ts";
import { type JobResult, merged, nothingYet } from "./campaign/job.ts";
import { relevantSteps, withFewestFaults } from "./campaign/replay-trace.ts";
import { allCrashPoints, runCrashPoint, SCENARIOS } from "./crash-points.ts";
import { MUTANTS } from "./mutants/all-mutants.ts";
import { type Catch, tableOf } from "./mutants/hunt.ts";
import type { Result } from "./schedule.ts";

const HELP = `npm run simulate -- [flags]: runs the functions in a simulated cloud under seeded fault schedules

  --runs N     number of schedules, beside all crash points (default 20000; with --mutants 3000 for each mutant)
  --from N     the first seed (default 1)
  --seed N     runs one schedule and prints its trace
  --point N    runs one crash point and prints its trace
  --mutants    runs each mutant until an invariant fails
  --help       this text

The exit code is 0 when every invariant held (with --mutants: when each mutant was caught), 1 otherwise, 3 when a flag is wrong.
`;

const values = scriptFlags(HELP, (args) => {
  const { values: given } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      point: { type: "string" },
      mutants: { type: "boolean", default: false },
    },
  });
  const { mutants: _, ...numbers } = given;
  for (const [name, text] of Object.entries(numbers)) {
    if (!/^\d+$/.test(text)) throw new RangeError(`--${name} takes a whole number; received "${text}".`);
  }
  return given;
});
const print = (text: string) => process.stdout.write(`${text}\n`);

function printResult(result: Result): void {
  const { violation, hash, steps, calls } = result;
  for (const line of relevantSteps(result)) print(line);
  print(`${steps} steps, ${calls} port calls, trace ${hash}`);
  print(violation === undefined ? "Every invariant holds." : violation.message);
  process.exitCode = violation === undefined ? 0 : 1;
}

async function huntMutants(limit: number): Promise<void> {
  const catches: Catch[] = [];
  const jobs = MUTANTS.map((_, index) => ({ kind: "mutant", index, limit }) as const);
  await campaign(jobs, ({ caught }) => {
    if (caught !== undefined) catches.push(caught);
  });
  print(tableOf(catches));
  if (catches.some(({ invariant }) => invariant === undefined)) process.exitCode = 1;
}

async function runMany(from: number, runs: number): Promise<void> {
  const points = await allCrashPoints();
  const jobs = [...piecesOf("points", 0, points.length), ...piecesOf("seeds", from, runs)];
  const startedAt = Date.now();
  let total: JobResult = nothingYet();
  let printedAt = startedAt;
  await campaign(jobs, (result) => {
    total = merged(total, result);
    for (const { message, command } of result.failures.slice(0, 5)) print(`${message}\n  ${command}`);
    if (Date.now() - printedAt < 10_000) return;
    printedAt = Date.now();
    const perSecond = (total.runs / (printedAt - startedAt)) * 1_000;
    print(
      `${total.runs} of ${points.length + runs}, ${perSecond.toFixed(0)}/s, ${total.failures.length} failed`,
    );
  });
  const seconds = (Date.now() - startedAt) / 1_000;
  print(
    `${runs} schedules and ${points.length} crash points in ${SCENARIOS.length} scenarios: ${total.failures.length} failed`,
  );
  print(`${total.steps} steps, ${total.calls} port calls, ${seconds.toFixed(1)} s`);
  print(
    Object.entries(total.counters)
      .map(([name, count]) => `${name} ${count}`)
      .join(", "),
  );
  if (total.failures.length > 0) process.exitCode = 1;
}

if (values.seed !== undefined) printResult(await withFewestFaults(Number(values.seed)));
else if (values.point !== undefined) {
  const point = (await allCrashPoints())[Number(values.point)];
  if (point === undefined) {
    process.stderr.write(`There is no crash point ${values.point}.\n`);
    process.exit(3);
  }
  print(`${SCENARIOS[point.scenario]?.name}: ${point.fault} at port call ${point.call}`);
  printResult(await runCrashPoint(point, true));
} else if (values.mutants) await huntMutants(Number(values.runs ?? 3_000));
else await runMany(Number(values.from), Number(values.runs ?? 20_000));
