/** One turn of the event loop does so many steps: turning it for each would cost more than the step. */
const TURN = 256;

let armed = 0;
const waiting: (() => void)[] = [];

function next(): void {
  armed -= 1;
  waiting.shift()?.();
}

/**
 * Resolves once everything that can go on has gone on, until all of it waits for the scheduler again: between
 * two immediates of one turn Node runs every promise job there is, and the jobs that those bring about.
 */
export function quiescence(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (armed > 0) return;
    armed = TURN;
    for (let i = 0; i < TURN; i++) setImmediate(next);
  });
}
