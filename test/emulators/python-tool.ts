import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../lib/deploy/child.ts";
import { UnavailableError } from "../../lib/deploy/deploy-error.ts";
import { step } from "../../lib/deploy/steps.ts";

/** A program of PyPI in a virtual environment of its own. */
export interface PythonTool {
  readonly name: string;
  /** Exact, because a newer one can have other differences from AWS than `test/e2e/differences.ts`. */
  readonly version: string;
  /** Arguments of `pip install`. */
  readonly packages: readonly string[];
  /** As `major.minor`. */
  readonly python: { readonly oldest: string; readonly newest?: string };
  /** For messages. */
  readonly command: string;
  /** What works without it, for messages. */
  readonly instead: string;
}

const CACHE = ".cache";

/**
 * The folder of programs of the tool's virtual environment, which the first call makes. Rejects with UnavailableError
 * where Python, its module venv or the package index is missing.
 */
export async function installTool(tool: PythonTool, python?: string): Promise<string> {
  const folder = join(CACHE, `${tool.name.toLowerCase()}-${tool.version}`);
  const programs = join(folder, "bin");
  const marker = join(folder, "installed");
  if (await exists(marker)) return programs;
  const found = await findPython(tool, python);
  await mkdir(CACHE, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await step("make a virtual environment for Python", async () => {
    const { code, output } = await run(found, ["-m", "venv", folder]);
    if (code !== 0)
      throw new UnavailableError(
        `${found} cannot make a virtual environment (apt install python3-venv): ${lastLine(output)}\n${tool.instead}`,
      );
  });
  await step(`install ${tool.name} ${tool.version}`, async () => {
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...tool.packages];
    const { code, output } = await run(join(programs, "python"), args);
    if (code !== 0)
      throw new UnavailableError(
        `PyPI does not give ${tool.packages.at(-1)} (network, proxy, PIP_INDEX_URL): ${lastLine(output)}\n${tool.instead}`,
      );
  });
  await writeFile(marker, "");
  return programs;
}

/** A Python of a version that the tool takes: the given one, else PYTHON, else one of this machine. */
export async function findPython(tool: PythonTool, python = process.env["PYTHON"]): Promise<string> {
  const candidates = python === undefined ? await pythonsHere(tool) : [python];
  const found: string[] = [];
  for (const candidate of candidates) {
    const version = await versionOf(candidate);
    if (version !== undefined && takes(tool, version)) return candidate;
    found.push(version === undefined ? `there is no ${candidate}` : `${candidate} is ${version}`);
  }
  throw new UnavailableError(
    `${tool.name} needs ${wanted(tool)}, and ${found.join(", ")}. ` +
      `Install it (apt install python3 python3-venv, or pyenv, or uv), or name one:  PYTHON=/path/to/python3 ${tool.command}\n${tool.instead}`,
  );
}

/** Programs called Python, and what pyenv and uv have installed without a program on the PATH. */
async function pythonsHere({ python: { oldest, newest = oldest } }: PythonTool): Promise<readonly string[]> {
  const pyenv = await answerOf("pyenv", ["prefix", newest]);
  const uv = await answerOf("uv", ["python", "find", newest]);
  return [
    "python3",
    `python${newest}`,
    ...(pyenv === undefined ? [] : [join(pyenv, "bin", "python")]),
    ...(uv === undefined ? [] : [uv]),
  ];
}

async function versionOf(python: string): Promise<string | undefined> {
  const script = "import sys; print('%d %d' % sys.version_info[:2])";
  return (await answerOf(python, ["-c", script]))?.replace(" ", ".");
}

async function answerOf(program: string, args: readonly string[]): Promise<string | undefined> {
  const { code, output } = await run(program, args).catch(() => ({ code: 127, output: "" }));
  return code === 0 ? output.trim() : undefined;
}

function takes({ python: { oldest, newest = "3.99" } }: PythonTool, version: string): boolean {
  const minor = (of: string) => Number(/^3\.(\d+)$/.exec(of)?.[1] ?? Number.NaN);
  return minor(version) >= minor(oldest) && minor(version) <= minor(newest);
}

const wanted = ({ python: { oldest, newest } }: PythonTool): string =>
  newest === undefined ? `Python ${oldest} or newer` : `Python ${newest}`;

const lastLine = (output: string): string => output.trim().split("\n").at(-1) ?? "";

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
