import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");
const run = promisify(execFile);

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the project in a temporary folder: its files as they are now, with the installed packages. */
export interface ProjectCopy {
  readonly folder: string;
  /** Runs a line of a shell. A terminal is not attached. */
  sh(line: string): Promise<Run>;
  read(path: string): string;
  write(path: string, text: string): void;
  /** Renames a new file over an existing one. */
  replace(path: string, text: string): void;
  /** The files that are new or differ from the original. */
  changed(): Promise<readonly string[]>;
  remove(): void;
}

export async function copyProject(): Promise<ProjectCopy> {
  const folder = mkdtempSync(join(tmpdir(), "order-events-copy-"));
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    maxBuffer: 16 * 1024 * 1024,
  });
  for (const path of stdout.split("\0").filter((each) => each !== "")) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { force: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "dir");
  const git = (...args: string[]) => run("git", args, { cwd: folder });
  await git("init", "--quiet");
  await git("add", "--all");
  return {
    folder,
    async sh(line) {
      try {
        const { stdout: out, stderr } = await run("bash", ["-c", line], {
          cwd: folder,
          env: environment(),
          maxBuffer: 16 * 1024 * 1024,
        });
        return { code: 0, stdout: out, stderr };
      } catch (error) {
        const { code, stdout: out, stderr } = error as Run;
        return { code, stdout: out, stderr };
      }
    },
    read: (path) => readFileSync(join(folder, path), "utf8"),
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    replace(path, text) {
      const next = join(folder, `${path}.next`);
      writeFileSync(next, text);
      renameSync(next, join(folder, path));
    },
    changed: async () => {
      const { stdout: paths } = await git("ls-files", "--modified", "--others", "--exclude-standard");
      return paths
        .trimEnd()
        .split("\n")
        .filter((path) => path !== "node_modules");
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Without what vitest sets for its own processes, and with the project's Node first. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$)/.test(name),
  );
  const path = [join(ROOT, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: "1" };
}
