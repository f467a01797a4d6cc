import { parseArgs } from "node:util";
import { MUTANTS } from "./mutants/all-mutants.ts";
import { type Catch, hunt, tableOf } from "./mutants/hunt.ts";
import { runSchedule } from "./schedule.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    mutants: { type: "boolean", default: false },
  },
});

if (values.mutants) {
  const catches: Catch[] = [];
  for (const mutant of MUTANTS) {
    const caught = await hunt(mutant, Number(values.runs));
    catches.push(caught);
    process.stdout.write(`${tableOf([caught]).split("\n")[1]}  ${caught.seed} ${caught.message ?? ""}\n`);
  }
} else if (values.seed !== undefined) {
  const { violation, story, hash, steps } = await runSchedule({
    seed: Number(values.seed),
    isRecorded: true,
  });
  process.stdout.write(`${story.join("\n")}\n${steps} steps, trace ${hash}\n`);
  process.stdout.write(violation === undefined ? "all invariants hold\n" : `${violation.message}\n`);
} else {
  const startedAt = Date.now();
  let steps = 0;
  let bad = 0;
  const runs = Number(values.runs);
  for (let seed = Number(values.from); seed < Number(values.from) + runs; seed++) {
    const result = await runSchedule({ seed });
    steps += result.steps;
    if (result.violation !== undefined && bad++ < 20)
      process.stdout.write(`${seed}: ${result.violation.message}\n`);
  }
  const seconds = (Date.now() - startedAt) / 1000;
  process.stdout.write(`${runs} schedules, ${bad} bad, ${steps} steps, ${(runs / seconds).toFixed(0)}/s\n`);
}
