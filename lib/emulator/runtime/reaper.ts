import { spawn } from "node:child_process";

/** Kills the registered processes when the emulator ends for any reason. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  close(): void;
}

/** Keeps the set of process ids it reads; at the end of its input, which the emulator's end is, kills them. */
const SCRIPT = `
pids=" "
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done 2>/dev/null
`;

/**
 * An instance notices the end of the emulator by itself, but not while its handler keeps the event loop busy; an
 * emulator that is killed then would leave it behind, busy for ever. Where there is no `sh`, nothing is done.
 */
export const startReaper = (): Reaper => {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  return {
    watch: (pid) => shell.stdin.write(`+ ${pid}\n`),
    forget: (pid) => shell.stdin.write(`- ${pid}\n`),
    close: () => shell.stdin.end(),
  };
};
