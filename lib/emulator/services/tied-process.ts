import { type ChildProcess, spawn } from "node:child_process";

/**
 * A child process that ends with this one, also after `kill -9`: a shell between the two kills the child as soon as its
 * own standard input closes. The shell has a session of its own, so that Ctrl-C reaches the emulator only, which then
 * stops its parts in order. At its end the shell removes the folder `scratch`.
 */
export function spawnTied(command: string, args: readonly string[], scratch = ""): ChildProcess {
  if (process.platform === "win32") return spawn(command, args, { stdio: ["pipe", "ignore", "pipe"] });
  const script =
    'exec 3<&0; "$0" "$@" </dev/null 3<&- & child=$!; { read -r _ <&3; kill "$child" 2>/dev/null; } & ' +
    // The shell reports a killed child on its standard error, which is closed by then.
    'trap "" PIPE; wait "$child"; code=$?; [ -z "$SCRATCH" ] || rm -rf "$SCRATCH"; exit "$code"';
  return spawn("/bin/sh", ["-c", script, command, ...args], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
    env: { PATH: process.env["PATH"] ?? "", SCRATCH: scratch },
  });
}
