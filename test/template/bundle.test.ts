import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declarationOf, FUNCTIONS, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { ENV, ownTableVariable } from "../../functions/contract/names.ts";
import { type Bundles, bundleFunctions } from "../../lib/constructs/bundle.ts";

const CACHE = fileURLToPath(new URL("../../.cache", import.meta.url));
const TRIVIAL = "export const handler = async () => 1;\n";
const MAILING = `import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
export const handler = (event) => new SESv2Client().send(new SendEmailCommand(event));
`;
const RICH = `import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { createServer } from "node:http";
const client = new DynamoDBClient({ region: "eu-central-1", maxAttempts: 1 });
export const handler = async (event: { readonly want: string }) => {
  if (event.want === "json") return (await import("./facts.json", { with: { type: "json" } })).default;
  if (event.want === "builtin") return typeof createServer;
  const failure = await client.send(new GetItemCommand({ TableName: "none", Key: {} })).catch(String);
  return event.want === "modules" ? process.moduleLoadList : failure;
};
`;

let folder: string;
let handlers: string;
let bundles: Bundles;
const bundle = () => bundleFunctions({ handlers, cache: join(folder, "cache") });

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  // Inside the project, because handlers resolve packages from their own folder.
  folder = mkdtempSync(join(CACHE, "bundle-test-"));
  handlers = join(folder, "handlers");
  mkdirSync(handlers);
  for (const name of FUNCTIONS) writeFileSync(join(handlers, `${name}.ts`), TRIVIAL);
  writeFileSync(join(handlers, "facts.json"), JSON.stringify({ answer: 42 }));
  writeFileSync(join(handlers, "read-order.ts"), RICH);
  writeFileSync(join(handlers, "notify-customer.ts"), MAILING);
  bundles = await bundle();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a bundle as Lambda does: in its own process, with an empty environment. */
function run(event: unknown, environment: Readonly<Record<string, string>> = {}): unknown {
  const entry = pathToFileURL(join(bundles["read-order"], "index.mjs")).href;
  const script = `const { handler } = await import(${JSON.stringify(entry)});
    process.stdout.write(JSON.stringify(await handler(${JSON.stringify(event)})));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...environment },
  });
  return JSON.parse(output.toString());
}

function filesOf(name: "read-order" | "notify-customer"): readonly string[] {
  return readdirSync(bundles[name]).map((file) => readFileSync(join(bundles[name], file), "utf8"));
}

describe("a bundle", () => {
  test("is complete and runs alone", () => {
    expect(run({ want: "builtin" })).toBe("function");
  });

  test("has dynamically imported JSON in its own chunk", () => {
    const holding = readdirSync(bundles["read-order"]).filter((file) =>
      readFileSync(join(bundles["read-order"], file), "utf8").includes("answer"),
    );

    expect(run({ want: "json" })).toEqual({ answer: 42 });
    expect(holding).toEqual([expect.stringMatching(/^chunk-/)]);
  });

  test("has its source maps beside it, which it does not name", () => {
    const folder = bundles["read-order"];
    const files = readdirSync(folder);

    expect(files.filter((file) => !file.endsWith(".mjs"))).toEqual([]);
    expect(readdirSync(join(folder, "../maps")).sort()).toEqual(files.map((file) => `${file}.map`).sort());
    for (const text of filesOf("read-order")) expect(text).not.toContain("sourceMappingURL");
  });

  test("imports no module of Node by an import statement", () => {
    for (const text of filesOf("read-order"))
      expect(text).not.toMatch(/^import .* from "(node:)?[a-z_/]+";$/m);
  });

  test("leaves out unused credential providers, and names them when one is loaded", () => {
    const whole = filesOf("read-order").join("\n");

    expect(whole).not.toMatch(/SSOCredential|AssumeRoleWithWebIdentity|fromContainerMetadata = /);
    expect(run({ want: "call" })).toMatch(/left out of this bundle|Could not load credentials/);
  });

  test("makes a call without the parts of Node that only unused parts of the SDK need", () => {
    const credentials = { AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" };
    const environment = { ...credentials, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };

    expect(run({ want: "call" }, environment)).toContain("ECONNREFUSED");
    const loaded = run({ want: "modules" }, environment);
    expect(loaded).toContain("NativeModule crypto");
    for (const unneeded of [
      "fs/promises",
      "internal/fs/streams",
      "zlib",
      "internal/webstreams/readablestream",
    ])
      expect(loaded).not.toContain(`NativeModule ${unneeded}`);
  });

  test("contains the schemas of its own calls only", () => {
    const whole = filesOf("notify-customer").join("\n");

    expect(whole).toContain("/v2/email/outbound-emails");
    expect(whole).not.toMatch(/CreateContactList|\/v2\/email\/tags/);
  });

  test("contains modules only: no source maps, no metafile", () => {
    expect(readdirSync(bundles["read-order"]).filter((file) => !file.endsWith(".mjs"))).toEqual([]);
    for (const text of filesOf("read-order")) expect(text).not.toContain("sourceMappingURL");
  });
});

describe("the deployed bundles", () => {
  let deployed: Bundles;
  beforeAll(async () => {
    deployed = await bundleFunctions();
  }, 60_000);

  const environment = {
    ...Object.fromEntries(Object.values(ENV).map((each) => [each, "1"])),
    ...Object.fromEntries(
      QUEUE_CONSUMERS.flatMap((name) => declarationOf(name).tables ?? []).map(({ name }) => [
        ownTableVariable(name),
        "1",
      ]),
    ),
    [ENV.deadLetterSources]: JSON.stringify([{ arn: "arn:q-dlq", consumer: "order-created", queueUrl: "q" }]),
    [ENV.backlogMetric]: "",
    AWS_REGION: "eu-central-1",
  };

  test.each(FUNCTIONS)("%s starts with every client that it creates", (name) => {
    const entry = pathToFileURL(join(deployed[name], "index.mjs")).href;
    const script = `process.stdout.write(typeof (await import(${JSON.stringify(entry)})).handler);`;

    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      env: environment,
    });

    expect(output.toString()).toBe("function");
  });
});

describe("bundling again", () => {
  const madeAt = (name: (typeof FUNCTIONS)[number]) => statSync(join(bundles[name], "index.mjs")).mtimeMs;

  test("rebuilds only changed bundles", async () => {
    const before = FUNCTIONS.map(madeAt);
    await bundle();
    const untouched = FUNCTIONS.map(madeAt);
    writeFileSync(join(handlers, "stock.ts"), `${TRIVIAL}// changed\n`);
    await bundle();
    const changed = FUNCTIONS.filter((name, i) => madeAt(name) !== before[i]);

    expect(untouched).toEqual(before);
    expect(changed).toEqual(["stock"]);
  });

  test("rebuilds an unfinished bundle", async () => {
    rmSync(join(bundles.stock, "../manifest.json"));
    rmSync(join(bundles.stock, "index.mjs"));

    await bundle();

    expect(readFileSync(join(bundles.stock, "index.mjs"), "utf8")).toContain("handler");
  });

  test("fails with the name of a missing handler", async () => {
    rmSync(join(handlers, "stock.ts"));

    await expect(bundle()).rejects.toThrow(/handlers\/stock\.ts is missing: the function stock is declared/);
  });

  test("fails with the name of the broken file, and leaves no partial bundle", async () => {
    writeFileSync(join(handlers, "stock.ts"), 'export { nothing as handler } from "./nowhere.ts";\n');

    await expect(bundle()).rejects.toThrow(/stock\.ts.*\n?.*nowhere/s);
    expect(readdirSync(join(folder, "cache")).sort()).toEqual([...FUNCTIONS].sort());
  });
});
