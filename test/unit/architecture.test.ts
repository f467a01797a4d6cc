import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { FUNCTIONS } from "../../functions/consumers/consumers.ts";
import { BROKER_FUNCTIONS } from "../../functions/contract/broker-names.ts";
import { generated } from "../../lib/describe/generate.ts";

const root = join(import.meta.dirname, "../..");
const FOLDERS = ["bin", "lib", "functions", "test"];

interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
}

const files: readonly SourceFile[] = FOLDERS.flatMap((folder) =>
  // A folder with its own packages holds foreign files.
  globSync(`${folder}/**/*.{ts,mts}`, { cwd: root, exclude: ["**/node_modules/**"] }).map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path: path.replaceAll("\\", "/"), text, lineCount: text.split("\n").length - 1 };
  }),
);
const inFolder = (folder: string) => files.filter(({ path }) => path.startsWith(`${folder}/`));

/** The imported modules of a file; relative ones as paths from the root. */
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
  "functions/contract/%s equals the schemas; otherwise run npm run generate",
  (name, text) => {
    expect(readFileSync(join(root, "functions/contract", name), "utf8")).toBe(text);
  },
);

describe("functions", () => {
  test("have one handler each, and each handler has a function", () => {
    const entries = /^functions\/(?:handlers\/([\w-]+)|consumers\/([\w-]+)\/handler)\.ts$/;
    const handlers = inFolder("functions").flatMap(({ path }) => {
      const [, handler, consumer] = entries.exec(path) ?? [];
      return handler ?? consumer ?? [];
    });

    expect(handlers.sort()).toEqual([...FUNCTIONS, ...Object.values(BROKER_FUNCTIONS).flat()].sort());
  });
});

describe("files", () => {
  test("have unique names in bin, lib and functions, except in folders that repeat theirs", () => {
    const UNITS = /^functions\/consumers\//;
    const named = ["bin", "lib", "functions"].flatMap(inFolder).filter(({ path }) => !UNITS.test(path));
    const byName = Map.groupBy(named, ({ path }) => path.replace(/.*\//, ""));
    const twice = [...byName.values()].filter((same) => same.length > 1);

    expect(twice.map((same) => same.map(({ path }) => path))).toEqual([]);
  });

  test("are named after their contents", () => {
    const vague = /(^|[/-])(utils?|helpers?|common|shared|base|manager|misc|index)([.-]|$)/;

    expect(files.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([]);
  });

  test("have no default exports, except configurations of tools", () => {
    const defaults = files.filter(
      ({ path, text }) => /^export default/m.test(text) && !path.endsWith(".config.ts"),
    );

    expect(defaults.map(({ path }) => path)).toEqual([]);
  });

  test("have no re-exports", () => {
    const barrels = inFolder("functions").filter(({ text }) => /^export (\*|\{[^}]*\}) from/m.test(text));

    expect(barrels.map(({ path }) => path)).toEqual([]);
  });
});

describe("imports go one way", () => {
  const ENGINE = "functions/middleware";
  /** Modules without clock, network and environment. */
  const PURE = ["attributes", "outcome", "problem", "sha256", "error-text", "failure-log"].map(
    (name) => `${ENGINE}/${name}.ts`,
  );
  /** Rooms and layers of functions/, with their permitted imports and packages. */
  const RULES: readonly { readonly of: RegExp; readonly from: RegExp; readonly packages: RegExp }[] = [
    {
      of: /^contract\//,
      from: /^(contract\/|middleware\/(engine-names|json-faults)\.ts$)/,
      packages: /^typebox$/,
    },
    {
      of: /^middleware\//,
      from: /^middleware\//,
      packages: /^(@middy\/core|node:(buffer|crypto))$/,
    },
    { of: /^\w+\/domain\//, from: /^(contract|consumers|\w+\/domain)\//, packages: /^$/ },
    { of: /^\w+\/ports\//, from: /^(contract|middleware|\w+\/(domain|ports))\//, packages: /^$/ },
    { of: /^consumers\/[\w-]+\/handler\.ts$/, from: /^/, packages: /^$/ },
    // lib/ imports the declarations, so they hold data and pure functions only.
    { of: /^consumers\//, from: /^(contract|consumers|\w+\/domain)\//, packages: /^$/ },
    { of: /^orders\//, from: /^(contract|middleware|orders)\//, packages: /^$/ },
    { of: /^publishing\//, from: /^(contract|middleware|orders|publishing)\//, packages: /^$/ },
    {
      of: /^failures\//,
      from: /^(contract|consumers|middleware|orders|publishing|failures)\//,
      packages: /^$/,
    },
    { of: /^pausing\//, from: /^(contract|middleware|pausing)\//, packages: /^$/ },
    {
      of: /^adapters\//,
      from: /^(contract|middleware|adapters|\w+\/(domain|ports))\//,
      packages:
        /^(@aws-sdk\/|@smithy\/|node:|@platformatic\/kafka$|rabbitmq-client$|aws-msk-iam-sasl-signer-js$)/,
    },
    { of: /^handlers\//, from: /^/, packages: /^(@aws-sdk\/client-dynamodb|node:crypto)$/ },
  ];

  test.each(RULES)("in functions: $of", ({ of, from, packages }) => {
    const within = (path: string) => path.slice("functions/".length);
    const wrong = inFolder("functions")
      .filter(({ path }) => RULES.find((rule) => rule.of.test(within(path)))?.of === of)
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) =>
            imported.startsWith("functions/")
              ? !from.test(within(imported)) && !(PURE.includes(imported) && !of.test("contract/"))
              : !packages.test(imported),
          )
          .map((imported) => `${file.path} imports ${imported}`),
      );

    expect(wrong).toEqual([]);
  });

  test("lib and bin import only names, the contract and the declarations of functions", () => {
    const shared = /^functions\/(contract|consumers)\/|^functions\/middleware\/engine-names\.ts$/;
    const wrong = [...inFolder("lib"), ...inFolder("bin")]
      .filter(({ path }) => !path.startsWith("bin/exports/"))
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => imported.startsWith("functions/") && !shared.test(imported))
          .map((imported) => `${file.path} imports ${imported}`),
      );

    expect(wrong).toEqual([]);
  });

  test("the exports of the package import no contract, settings or rooms of orders", () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const exported = new Set<string>();
    const follow = (path: string) => {
      const file = byPath.get(path);
      if (file === undefined || exported.has(path)) return;
      exported.add(path);
      for (const imported of importsOf(file)) follow(imported);
    };
    // The emulator is a program: it and the command line also serve this project's own stacks.
    for (const { path } of inFolder("bin/exports")) if (!path.endsWith("/app-emulator.ts")) follow(path);
    const GENERAL =
      /^bin\/exports\/|^functions\/middleware\/|^functions\/adapters\/(sqs-client|sqs-queues|dynamodb-client|dynamodb-effect-once|client-timeouts)\.ts$|^functions\/publishing\/ports\/queues\.ts$|^lib\/constructs\/(consumer-alarms|consumer-function|event-source-mappings|message-queue|grants\/network-grants)\.ts$|^lib\/settings\/(consumer-thresholds|queue-rules)\.ts$/;

    expect(exported).toContain("functions/middleware/batch.ts");
    expect([...exported].filter((path) => !GENERAL.test(path))).toEqual([]);
  });

  test("functions, lib and bin do not import tests", () => {
    const wrong = ["functions", "lib", "bin"]
      .flatMap(inFolder)
      .filter((file) => importsOf(file).some((imported) => imported.startsWith("test/")));

    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test.each(["functions", "lib", "lib/emulator", "test"])(
    "%s: no circular imports between its folders",
    (place) => {
      // The entry of a consumer is a handler.
      const partOf = (path: string) =>
        path.startsWith("functions/consumers/") && path.endsWith("/handler.ts")
          ? "handlers"
          : path.slice(place.length + 1).replace(/\/.*/, "");
      const needs = Map.groupBy(
        inFolder(place).flatMap((file) =>
          importsOf(file)
            .filter((imported) => imported.startsWith(`${place}/`))
            .map((imported) => ({ from: partOf(file.path), to: partOf(imported) })),
        ),
        ({ from }) => from,
      );
      const reached = (from: string, seen = new Set<string>()): Set<string> => {
        for (const { to } of needs.get(from) ?? [])
          if (to !== from && !seen.has(to)) reached(to, seen.add(to));
        return seen;
      };

      expect([...needs.keys()].filter((part) => reached(part).has(part))).toEqual([]);
    },
  );

  test("only adapters import AWS, and only the engine imports middy", () => {
    const wrong = inFolder("functions").filter((file) => {
      // Type imports do not exist at run time.
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

test("every suppression of a check has a reason", () => {
  const SUPPRESSION = /(?:biome-ignore|@ts-expect-error|@ts-ignore|@ts-nocheck)([^\n]*)/g;
  // A reason follows a colon and has more than two words, except in generated files.
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

/** Replaced words, and the word of the glossary (functions/README.md) for each. */
const GONE: readonly (readonly [RegExp, string])[] = [
  [/one-machine stage/i, "local emulator"],
  [/\bminute schedule\b/i, "maintenance"],
  [/\bredriveCount\b/, "dlqRetryCount"],
  [/\bre-?sen[dt]s?\b/i, "retry (automatic) or redrive (an operator's)"],
  [/\bg[ia]ve(?:s|n)? back\b|\bgiving back\b/i, "negative-acknowledge; of stock: release"],
  [/\b(?:un)?settle[sd]?\b(?!\()/i, "acknowledge, finish, decide or resolve"],
  [/\bledger\b/i, "order and stock store"],
  [/\b(?:somebody|nobody|whoever)\b/i, "operator, caller, customer or writer"],
  [/\bweather\b/i, "fault profile"],
  [/\bpatience\b/i, "client timeouts"],
  [/\bc[ao]mes? (?:back|again)\b/i, "is redelivered, is retried or fails again"],
  [/\beffects? (?:is|are|was|were) (?:not )?there\b/i, "the effect is done or missing"],
];

const TEXTS = globSync("**/*.{ts,tsx,mts,mjs,md,yml,yaml,css,html}", {
  cwd: root,
  exclude: ["**/node_modules/**", ".cache/**", "cdk.out/**", "dist/**", "reports/**", ".data/**"],
})
  .filter((path) => !path.endsWith("architecture.test.ts"))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

test.each(GONE)("%s is not used, but %s", (gone) => {
  const found = TEXTS.filter(({ text }) => gone.test(text)).flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, i) => (gone.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 100)}`] : [])),
  );

  expect(found).toEqual([]);
});
