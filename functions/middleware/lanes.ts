/** Indices of records, grouped by lane, each group in the records' order. */
export function lanesOf(count: number, laneOf: (index: number) => string | undefined): number[][] {
  const lanes: number[][] = [];
  const byName = new Map<string, number[]>();
  for (let index = 0; index < count; index++) {
    const name = laneOf(index);
    const lane = name === undefined ? undefined : byName.get(name);
    if (lane !== undefined) {
      lane.push(index);
      continue;
    }
    const opened = [index];
    lanes.push(opened);
    if (name !== undefined) byName.set(name, opened);
  }
  return lanes;
}

/**
 * Runs lanes in parallel, at most `concurrency` at once, each record after the one before it.
 * `run` answers false to stop the rest of its lane. MUST NOT reject.
 */
export async function runLanes(
  lanes: readonly (readonly number[])[],
  concurrency: number,
  run: (index: number) => Promise<boolean>,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    for (let lane = lanes[next++]; lane !== undefined; lane = lanes[next++]) {
      for (const index of lane) {
        if (!(await run(index))) break;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, lanes.length) }, worker));
}

/**
 * Runs lanes in waves: the first record of every lane together, then the second of those still going, and so
 * on. `run` answers for each index whether its lane goes on. MUST NOT reject.
 */
export async function runWaves(
  lanes: readonly (readonly number[])[],
  run: (wave: readonly number[]) => Promise<readonly boolean[]>,
): Promise<void> {
  let going = lanes;
  for (let depth = 0; going.length > 0; depth++) {
    const goesOn = await run(going.map((lane) => lane[depth] ?? 0));
    going = going.filter((lane, i) => goesOn[i] === true && lane.length > depth + 1);
  }
}
