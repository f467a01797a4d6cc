const CHECK_MS = 500;

/**
 * Calls `end` once the shell of an npm script has ended. npm passes a SIGTERM on to its shell only, so the program in it
 * would stay. A program that npm did not start may outlive its shell on purpose.
 */
export function onNpmEnd(end: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, CHECK_MS);
  timer.unref();
}
