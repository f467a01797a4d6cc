/** Steps for each turn of the event loop, because a turn costs more than a step. */
const TURN = 256;

let armed = 0;
const waiting: (() => void)[] = [];

function next(): void {
  armed -= 1;
  waiting.shift()?.();
}

/**
 * Resolves once all code waits for the scheduler again: between two immediates of one turn, Node runs all promise jobs
 * and the jobs that these add.
 */
export function quiescence(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (armed > 0) return;
    armed = TURN;
    for (let i = 0; i < TURN; i++) setImmediate(next);
  });
}
