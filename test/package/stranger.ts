import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const modules = join(ROOT, "node_modules");

/** The pages whose code is the project. A block of code names its file or command: ```ts payments.ts */
export const PAGES = [
  "README.md",
  "functions/middleware/README.md",
  "lib/constructs/README.md",
  "lib/emulator/any-app.md",
];
/** What the project installs beside the package; they come from this repository, so that no network is needed. */
const INSTALLED = [
  "aws-cdk-lib",
  "constructs",
  "esbuild",
  "typescript",
  "valibot",
  "vitest",
  "@types/aws-lambda",
  "@types/node",
];

/** A project of a stranger, in a folder outside of this repository, with the packed package installed. */
export interface Stranger {
  readonly folder: string;
  /** The files of the tarball. */
  readonly packed: readonly string[];
  readonly packedBytes: number;
  /** The text of each page. */
  readonly pages: readonly string[];
  /** The commands of the pages, by name. */
  readonly commands: ReadonlyMap<string, string>;
  /** The command line of the package. */
  readonly commandLine: string;
  /** Runs a program in the folder; resolves to its output. Rejects with it where it fails. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

export async function stranger(): Promise<Stranger> {
  const folder = await mkdtemp(join(tmpdir(), "stranger-"));
  const npm = await run(process.execPath, [join(ROOT, "bin/build.ts")], { cwd: ROOT })
    .then(() => run("npm", ["pack", "./dist", "--json", "--pack-destination", folder], { cwd: ROOT }))
    .then(({ stdout }) => JSON.parse(stdout) as [Packed]);
  const [{ filename, size, files }] = npm;
  const own = join(folder, "node_modules/order-events");
  await mkdir(own, { recursive: true });
  await run("tar", ["xzf", join(folder, filename), "--strip-components=1", "-C", own]);
  await rm(join(folder, filename));
  const { dependencies, optionalDependencies } = JSON.parse(
    await readFile(join(own, "package.json"), "utf8"),
  );
  for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...INSTALLED]) {
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(join(modules, name), join(folder, "node_modules", name));
  }
  await mkdir(join(folder, "node_modules/.bin"));
  await symlink(join(modules, ".bin/esbuild"), join(folder, "node_modules/.bin/esbuild"));
  await cp(join(import.meta.dirname, "project"), folder, { recursive: true });
  // As they are in the tarball.
  const pages = await Promise.all(PAGES.map((page) => readFile(join(own, page), "utf8")));
  for (const [name, code] of pages.flatMap((page) => codeOf(page, "ts")))
    await writeFile(join(folder, name), code);
  return {
    folder,
    packed: files.map(({ path }) => path),
    packedBytes: size,
    pages,
    commands: new Map(pages.flatMap((page) => codeOf(page, "sh"))),
    commandLine: join(own, "bin/order-events.mjs"),
    run: async (command, ...args) => {
      const { stdout, stderr } = await run(command, [...args], { cwd: folder }).catch((error) => {
        throw new Error(`${args.join(" ")} failed:\n${error.message}${error.stdout}${error.stderr}`);
      });
      return stdout + stderr;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The blocks of code of a page that have a name. */
function codeOf(page: string, kind: "ts" | "sh"): readonly (readonly [name: string, code: string])[] {
  const blocks = page.matchAll(/^```(\w+) (\S+)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, language, name = "", code = ""]) =>
    language === kind ? [[name, code]] : [],
  );
}
