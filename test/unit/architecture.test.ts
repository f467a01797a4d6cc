import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { FUNCTIONS, KAFKA_FUNCTIONS } from "../../functions/contract/names.ts";
import { generated } from "../../lib/describe/generate.ts";

const root = join(import.meta.dirname, "../..");
const FOLDERS = ["bin", "lib", "functions", "test"];

interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
}

const files: readonly SourceFile[] = FOLDERS.flatMap((folder) =>
  // A folder with packages of its own holds other people's files.
  globSync(`${folder}/**/*.{ts,mts}`, { cwd: root, exclude: ["**/node_modules/**"] }).map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path: path.replaceAll("\\", "/"), text, lineCount: text.split("\n").length - 1 };
  }),
);
const inFolder = (folder: string) => files.filter(({ path }) => path.startsWith(`${folder}/`));

/** The modules that a file imports, relative ones as paths from the root. */
function importsOf({ path, text }: SourceFile): string[] {
  const statements = /^(?:import|export) (?:[^"]*? from )?"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  const specifiers = [...text.matchAll(statements)].map(([, one, other]) => one ?? other ?? "");
  return specifiers.map((specifier) =>
    specifier.startsWith(".")
      ? relative(root, join(root, path, "..", specifier)).replaceAll("\\", "/")
      : specifier,
  );
}

test.each(Object.entries(generated()))(
  "functions/contract/%s is what the schemas say: else run npm run generate",
  (name, text) => {
    expect(readFileSync(join(root, "functions/contract", name), "utf8")).toBe(text);
  },
);

describe("functions", () => {
  test("each have a handler, and no handler is without a function", () => {
    const handlers = inFolder("functions/handlers").map(({ path }) => path.replace(/.*\/|\.ts$/g, ""));

    expect(handlers.sort()).toEqual([...FUNCTIONS, ...KAFKA_FUNCTIONS].sort());
  });

  test("are wired in at most 40 lines", () => {
    const long = inFolder("functions/handlers").filter(({ lineCount }) => lineCount > 40);

    expect(long.map(({ path }) => path)).toEqual([]);
  });
});

describe("files", () => {
  test("have at most 250 lines", ({ annotate }) => {
    const sorted = files.map(({ lineCount }) => lineCount).sort((a, b) => a - b);
    void annotate(`${files.length} files, median ${sorted[Math.floor(sorted.length / 2)]} lines`);

    expect(
      files.filter(({ lineCount }) => lineCount > 250).map(({ path, lineCount }) => `${path}: ${lineCount}`),
    ).toEqual([]);
  });

  test("are named after what they hold", () => {
    const vague = /(^|[/-])(utils?|helpers?|common|shared|base|manager|misc|index)([.-]|$)/;

    expect(files.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([]);
  });

  test("export nothing by default, but for configurations of tools", () => {
    const defaults = files.filter(
      ({ path, text }) => /^export default/m.test(text) && !path.endsWith(".config.ts"),
    );

    expect(defaults.map(({ path }) => path)).toEqual([]);
  });

  test("re-export nothing", () => {
    const barrels = inFolder("functions").filter(({ text }) => /^export (\*|\{[^}]*\}) from/m.test(text));

    expect(barrels.map(({ path }) => path)).toEqual([]);
  });
});

describe("imports go one way", () => {
  // Which folders of functions/ each may import from, and which packages.
  const LAYERS: Readonly<Record<string, { folders: readonly string[]; packages: RegExp }>> = {
    contract: { folders: ["contract"], packages: /^typebox$/ },
    domain: { folders: ["contract", "domain"], packages: /^node:crypto$/ },
    ports: { folders: ["contract", "domain", "ports"], packages: /^$/ },
    "use-cases": { folders: ["contract", "domain", "ports", "use-cases"], packages: /^$/ },
    middleware: {
      folders: ["contract", "domain", "ports", "middleware"],
      packages: /^(@middy\/core|node:async_hooks|node:buffer)$/,
    },
    adapters: {
      folders: ["contract", "domain", "ports", "adapters"],
      packages: /^(@aws-sdk\/|@smithy\/|node:|@platformatic\/kafka$|aws-msk-iam-sasl-signer-js$)/,
    },
    compose: {
      folders: ["contract", "domain", "ports", "use-cases", "middleware", "adapters", "compose"],
      packages: /^(@aws-sdk\/client-dynamodb|node:crypto)$/,
    },
  };

  test.each(Object.entries(LAYERS))("in functions/%s", (layer, { folders, packages }) => {
    const wrong = inFolder(`functions/${layer}`).flatMap((file) =>
      importsOf(file)
        .filter((imported) =>
          imported.startsWith("functions/")
            ? !folders.includes(imported.split("/")[1] ?? "")
            : !packages.test(imported),
        )
        .map((imported) => `${file.path} imports ${imported}`),
    );

    expect(wrong).toEqual([]);
  });

  test("what is provisioned shares only the contract with what runs", () => {
    const wrong = [...inFolder("lib"), ...inFolder("bin")].flatMap((file) =>
      importsOf(file)
        .filter(
          (imported) => imported.startsWith("functions/") && !imported.startsWith("functions/contract/"),
        )
        .map((imported) => `${file.path} imports ${imported}`),
    );

    expect(wrong).toEqual([]);
  });

  test("nothing that runs or is provisioned needs the tests", () => {
    const wrong = ["functions", "lib", "bin"]
      .flatMap(inFolder)
      .filter((file) => importsOf(file).some((imported) => imported.startsWith("test/")));

    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test.each(["functions", "lib", "lib/emulator", "test"])("between what is in %s: no circles", (place) => {
    const partOf = (path: string) => path.slice(place.length + 1).replace(/\/.*/, "");
    const needs = Map.groupBy(
      inFolder(place).flatMap((file) =>
        importsOf(file)
          .filter((imported) => imported.startsWith(`${place}/`))
          .map((imported) => ({ from: partOf(file.path), to: partOf(imported) })),
      ),
      ({ from }) => from,
    );
    const reached = (from: string, seen = new Set<string>()): Set<string> => {
      for (const { to } of needs.get(from) ?? []) if (to !== from && !seen.has(to)) reached(to, seen.add(to));
      return seen;
    };

    expect([...needs.keys()].filter((part) => reached(part).has(part))).toEqual([]);
  });

  test("only adapters know AWS, and only the middleware knows middy", () => {
    const wrong = inFolder("functions").filter((file) => {
      // A type is gone before anything runs.
      const packages = importsOf({ ...file, text: file.text.replace(/^import type [^;]*;/gm, "") });
      const isAdapter = file.path.startsWith("functions/adapters/");
      const isMiddleware = file.path.startsWith("functions/middleware/");
      return (
        (!isAdapter && packages.some((name) => name.startsWith("@aws-sdk/"))) ||
        (!isMiddleware && packages.some((name) => name.startsWith("@middy/")))
      );
    });

    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

test("no check is switched off without a reason", () => {
  const SUPPRESSION = /(?:biome-ignore|@ts-expect-error|@ts-ignore|@ts-nocheck)([^\n]*)/g;
  // A reason stands behind a colon, and is more than a word or two unless the file is generated.
  const isReason = /:\s*(generated|\S+(\s+\S+){2,})/;
  const bare = files
    .filter(({ path }) => path !== "test/unit/architecture.test.ts")
    .flatMap(({ path, text }) =>
      [...text.matchAll(SUPPRESSION)]
        .filter(([whole, rest = ""]) => /nocheck|@ts-ignore/.test(whole) || !isReason.test(rest))
        .map(([whole]) => `${path}: ${whole}`),
    );

  expect(bare).toEqual([]);
});

test("tests are at least twice as long as the functions that they test", () => {
  const lines = (folder: string) => inFolder(folder).reduce((sum, { lineCount }) => sum + lineCount, 0);

  expect(lines("test")).toBeGreaterThan(2 * lines("functions"));
});
