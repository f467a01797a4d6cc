import { access, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { run, runOrThrow } from "../../../lib/deploy/child.ts";
import { step, UnavailableError } from "../../../lib/deploy/steps.ts";

/** Pinned, because a newer one can have other differences from AWS than `test/e2e/differences.ts`. */
export const MINISTACK_VERSION = "1.5.33";
const CACHE = ".cache";
/** MiniStack's requirement. */
const MINIMUM = [3, 10] as const;

const INSTEAD = "Without it:  npm start   and   npm run test:e2e   run the same stacks by npm alone.";

/**
 * The folder of programs of a virtual environment with MiniStack, which the first call installs.
 * Rejects with UnavailableError where Python, its module venv or the package index is missing.
 */
export async function installMiniStack(python = process.env["PYTHON"] ?? "python3"): Promise<string> {
  const folder = join(CACHE, `ministack-${MINISTACK_VERSION}`);
  const programs = join(folder, "bin");
  const marker = join(folder, "installed");
  if (await exists(marker)) return programs;
  await requirePython(python);
  await mkdir(CACHE, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await step("make a virtual environment for Python", async () => {
    const { code, output } = await run(python, ["-m", "venv", folder]);
    if (code !== 0) throw new UnavailableError(venvHint(python, output));
  });
  await step(`install ministack ${MINISTACK_VERSION}`, async () => {
    const requirement = `ministack==${MINISTACK_VERSION}`;
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement];
    const { code, output } = await run(join(programs, "python"), args);
    const [last = ""] = output.trim().split("\n").slice(-1);
    if (code !== 0)
      throw new UnavailableError(
        `PyPI does not give ${requirement} (network, proxy, PIP_INDEX_URL): ${last}\n${INSTEAD}`,
      );
  });
  await runOrThrow(join(programs, "python"), ["-c", `open(${JSON.stringify(marker)}, "w").close()`]);
  return programs;
}

/** The reason that MiniStack cannot be installed, if any. */
export async function requirePython(python: string): Promise<void> {
  const { code, output } = await run(python, [
    "-c",
    "import sys; print('%d %d' % sys.version_info[:2])",
  ]).catch(() => ({ code: 127, output: "" }));
  const [major = 0, minor = 0] = output.trim().split(" ").map(Number);
  if (code === 0 && major === MINIMUM[0] && minor >= MINIMUM[1]) return;
  const found = code === 0 ? `${python} is ${major}.${minor}` : `there is no ${python}`;
  throw new UnavailableError(
    `MiniStack needs Python ${MINIMUM.join(".")} or newer, and ${found}. ` +
      `Install it (apt install python3 python3-venv), or name one:  PYTHON=/path/to/python3 npm run ministack:test\n${INSTEAD}`,
  );
}

function venvHint(python: string, output: string): string {
  const [last = ""] = output.trim().split("\n").slice(-1);
  return `${python} cannot make a virtual environment (apt install python3-venv): ${last}\n${INSTEAD}`;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
