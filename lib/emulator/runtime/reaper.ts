import { spawn } from "node:child_process";

/** Kills the registered processes when the emulator ends for any reason. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  close(): void;
}

/** Keeps the set of process ids that it reads, and kills them when its input ends, which is when the emulator ends. */
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
 * An instance notices the end of the emulator by itself, but not while its handler blocks the event loop. Without the
 * reaper, a killed emulator would leave such an instance busy for ever. Does nothing on a system without `sh`.
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
