import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { promisify } from "node:util";
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ListTopicsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningApp, runAppBy } from "../integration/any-app/run-app.ts";
import { PAGES, type Stranger, stranger } from "./stranger.ts";

const run = promisify(execFile);
const NODE = process.execPath;
const ownFolder = ({ folder }: Stranger) => join(folder, "node_modules/order-events");
const manifestOf = async (of: Stranger) =>
  JSON.parse(await readFile(join(ownFolder(of), "package.json"), "utf8"));

interface DeadLetters {
  readonly queue: string;
  readonly source: string;
  readonly messages: number;
  readonly first: readonly { readonly reason: string; readonly error?: string }[];
}

let project: Stranger;
beforeAll(async () => {
  project = await stranger();
});
afterAll(() => project.remove());

describe("the tarball", () => {
  test("holds the licence, the compiled exports with their types, and the binary; no test and no source", () => {
    const { packed } = project;

    expect(packed).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "package.json",
        "bin/order-events.mjs",
        "bin/with-node.cjs",
        "bin/exports/middleware.js",
        "bin/exports/middleware.d.ts",
        "bin/exports/constructs.js",
        "bin/exports/constructs.d.ts",
        "lib/emulator/runtime/bootstrap.mjs",
        "lib/operator/console/page/index.html",
        ...PAGES,
      ]),
    );
    expect(packed.filter((path) => /(^|\/)test|(?<!\.d)\.ts$|\.map$/.test(path))).toEqual([]);
    expect(packed.filter((path) => path.endsWith(".md")).sort()).toEqual([...PAGES].sort());
  });

  test("has the types of the exports, and no others", async () => {
    const own = ownFolder(project);
    const types = project.packed.filter((path) => path.endsWith(".d.ts"));
    const imported = await Promise.all(
      types.map(async (path) =>
        [...(await readFile(join(own, path), "utf8")).matchAll(/"(\.[^"]+)\.ts"/g)].map(([, target = ""]) =>
          posix.join(posix.dirname(path), `${target}.d.ts`),
        ),
      ),
    );
    const needed = new Set([...types.filter((path) => path.startsWith("bin/exports/")), ...imported.flat()]);

    expect(types.sort()).toEqual([...needed].sort());
  });

  test("has a manifest without scripts and packages of its repository", async () => {
    const manifest = await manifestOf(project);

    expect(Object.keys(manifest)).toEqual(expect.arrayContaining(["name", "version", "exports", "bin"]));
    for (const name of ["scripts", "devDependencies", "workspaces"])
      expect(manifest).not.toHaveProperty(name);
  });

  test("shares the AWS SDK of the other project, and has exact versions of the rest", async () => {
    const { dependencies } = await manifestOf(project);

    for (const [name, version] of Object.entries<string>(dependencies))
      expect(version, name).toMatch(name.startsWith("@aws-sdk/") ? /^\^\d/ : /^\d/);
  });

  test("has pages that name each package which their code needs", () => {
    const all = project.pages.join("\n");
    const installed = [...all.matchAll(/^npm install (.*)$/gm)].flatMap(([, names = ""]) => names.split(" "));
    const imported = [...all.matchAll(/ from "(?!node:)((?:@[^/"]+\/)?[^/"]+)/g)].map(
      ([, name = ""]) => name,
    );
    const tarball = installed.find((name) => name.endsWith(".tgz"));

    expect(new Set(imported).size).toBeGreaterThan(3);
    for (const name of imported) expect(name === "order-events" ? tarball : installed, name).toContain(name);
    expect(installed).toEqual(expect.arrayContaining(["constructs", "esbuild"]));
  });

  test("has no link or picture on its pages that leads to a file which it lacks", () => {
    const targets = /\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)| src(?:set)?="(?!https?:)([^"]+)"/g;
    const links = PAGES.flatMap((page, index) =>
      [...(project.pages[index]?.matchAll(targets) ?? [])].map(
        ([, link, picture]) => [page, posix.join(posix.dirname(page), link ?? picture ?? "")] as const,
      ),
    );

    expect(new Set(links.map(([page]) => page)).size).toBeGreaterThan(2);
    expect(links.filter(([, target]) => !project.packed.includes(target))).toEqual([]);
  });

  test("cannot be packed from the repository itself", async () => {
    const root = join(import.meta.dirname, "../..");

    await expect(run("npm", ["pack", "--dry-run"], { cwd: root })).rejects.toThrow("npm pack ./dist");
  });

  test("is smaller than a megabyte", () => {
    expect(project.packedBytes).toBeLessThan(1_000_000);
  });

  test("loads nothing but its dependencies, and peers that are optional", async () => {
    const own = ownFolder(project);
    const { dependencies, peerDependencies } = await manifestOf(project);
    const entries = [
      "bin/scripts/command-line.js",
      ...["middleware", "constructs", "sqs-adapter", "dynamodb-adapter", "app-emulator"].map(
        (name) => `bin/exports/${name}.js`,
      ),
    ];
    const { metafile } = await build({
      absWorkingDir: own,
      bundle: true,
      entryPoints: entries,
      format: "esm",
      metafile: true,
      outdir: "bundled",
      packages: "external",
      platform: "node",
      write: false,
    });
    const packages = Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports
        .filter(({ external }) => external)
        .map(({ path }) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path),
    );
    const named = Object.keys({ ...dependencies, ...peerDependencies });

    expect(
      [...new Set(packages)].filter((name) => !name.startsWith("node:") && !named.includes(name)).sort(),
    ).toEqual([
      // Only `npm start` with a broker, and the build of the console's page, load these.
      "@platformatic/kafka",
      "esbuild",
      "rabbitmq-client",
    ]);
    expect(named.filter((name) => !packages.includes(name))).toEqual([]);
  });
});

describe("a stranger's project", () => {
  test("compiles with the types of the package, its own reasons and problem codes", async () => {
    expect(await project.run(NODE, "node_modules/typescript/bin/tsc")).toBe("");
  });

  test("compiles its app and a middy handler of its own with the types of CDK and middy", async () => {
    expect(await project.run(NODE, "node_modules/typescript/bin/tsc", "-p", "tsconfig.libraries.json")).toBe(
      "",
    );
  });

  test.each([
    ["node16", "node16"],
    ["preserve", "bundler"],
  ])("compiles as modules of %s, resolved as by %s", async (module, moduleResolution) => {
    const flags = ["--module", module, "--moduleResolution", moduleResolution];

    expect(await project.run(NODE, "node_modules/typescript/bin/tsc", ...flags)).toBe("");
  });

  test("requires the package from CommonJS", async () => {
    const names = '["middleware", "constructs", "sqs", "dynamodb", "emulator"]';
    const call = `for (const name of ${names}) console.log(Object.keys(require("order-events/" + name)).length > 0)`;

    expect(await project.run(NODE, "--input-type=commonjs", "--eval", call)).toBe("true\n".repeat(5));
  });

  test("has the engine in a middy handler of its own", async () => {
    const record = { eventSource: "aws:sqs", messageId: "1", body: "x", attributes: {} };
    const call = `
      const { handler } = await import("./own-handler.ts");
      const context = { getRemainingTimeInMillis: () => 10_000 };
      console.log(JSON.stringify(await handler({ Records: [${JSON.stringify(record)}] }, context)));`;

    const output = await project.run(NODE, "--input-type=module", "--eval", call);

    expect(output).toContain("1 done\n");
    expect(output).toContain('"Namespace":"shop"');
    expect(output).toContain('{"batchItemFailures":[]}\n');
  });
});

describe("a stranger's app in the emulator", () => {
  let app: RunningApp;
  let sns: SNSClient;
  let dynamo: DynamoDBClient;
  beforeAll(async () => {
    await project.run("bash", "-ec", project.commands.get("bundle") ?? "exit 1");
    app = await runAppBy([project.commandLine, "emulator"], project.folder, "--app", "node app.ts");
    const { region, ...endpoints } = app.endpoints;
    const common = { region, credentials: { accessKeyId: "local", secretAccessKey: "local" } };
    sns = new SNSClient({ ...common, endpoint: endpoints.sns });
    dynamo = new DynamoDBClient({ ...common, endpoint: endpoints.dynamodb });
  });
  afterAll(() => app?.close());

  /** The JSON of a command; `dead-letters list` exits with 1 while there are messages. */
  const command = async <T>(...args: readonly string[]): Promise<T> => {
    const all = [project.commandLine, ...args, "--url", app.url, "--json"];
    const { stdout } = await run(NODE, all, { cwd: project.folder }).catch((error) => error);
    return JSON.parse(stdout) as T;
  };
  const deadLetters = async () => {
    const [queue] = await command<readonly DeadLetters[]>("dead-letters", "list");
    return queue;
  };
  const pay = async (body: string) => {
    const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
    const topic = Topics.find(({ TopicArn }) => !TopicArn?.includes("Alarms"));
    const type = { DataType: "String", StringValue: "payment.requested" };
    await sns.send(
      new PublishCommand({ TopicArn: topic?.TopicArn, Message: body, MessageAttributes: { type } }),
    );
  };
  const issueCard = async (card: string) => {
    const { TableNames: [TableName] = [] } = await dynamo.send(new ListTablesCommand({}));
    await dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: `card ${card}` } } }));
  };
  const read = async (id: string) => {
    const response = await fetch(`${app.url}/payments/${id}`);
    return [response.status, await response.json()] as const;
  };
  test("is tested in a test of its own", async () => {
    expect(await project.run(NODE, "node_modules/vitest/vitest.mjs", "run")).toContain("1 passed");
  });

  test("runs whole: nothing of it is left out", () => {
    expect(app.leftOut).toEqual([]);
  });

  test("reports how to check permissions, which takes a package that is not installed", async () => {
    const { line } = await app.lineWith("permissions", "not checked");

    expect(line).toMatch(/npm install --save-dev @cloud-copilot\/iam-simulate$/);
  });

  test("handles a payment, audited under the names of the service, and its API reads it", async () => {
    await issueCard("4242");

    await pay(JSON.stringify({ id: "p-1", card: "4242", cents: 100 }));

    const { line } = await app.lineWith("payments", '"eventId":"p-1"');
    expect(line).toMatchObject({
      consumer: "payments",
      type: "payment.requested",
      outcome: "done",
      attempt: 1,
    });
    expect(await read("p-1")).toEqual([200, { id: "p-1", cents: 100 }]);
  });

  test("answers with a problem of its own", async () => {
    expect(await read("p-none")).toEqual([
      404,
      expect.objectContaining({
        code: "PAYMENT_NOT_FOUND",
        title: "There is no such payment",
        detail: "There is no payment p-none.",
      }),
    ]);
  });

  test("raises an alarm for parked messages before an operator receives them, and mails it", async () => {
    await pay("{");
    await pay(JSON.stringify({ id: "p-2", card: "4242", cents: "many" }));
    await pay('{"id":"p-3","card":"4242","cents":1,"cents":2}');
    await pay(JSON.stringify({ id: "p-4", card: "1111", cents: 5 }));
    await pay(JSON.stringify({ id: "p-5", card: "4242", cents: 7 }));

    const active = async () =>
      (await command<readonly { description: string }[]>("alarms")).map(({ description }) => description);
    const text = expect.stringMatching(/^payments: Messages wait in a consumer's dead-letter queue/);
    await expect.poll(active).toEqual([text]);
    const mails = await (await fetch(`${app.url}/_emulator/mailbox`)).json();
    expect(mails).toMatchObject([
      { to: ["operators@example.com"], subject: expect.stringMatching(/^ALARM/), text },
    ]);
  });

  test("parks poisoned messages at their first attempt, each with its reason, and finishes the others", async () => {
    await app.lineWith("payments", '"eventId":"p-5"');
    await expect.poll(async () => (await deadLetters())?.messages).toBe(4);
    const { queue, source, first } = (await deadLetters()) as DeadLetters;
    expect([queue, source]).toEqual(["payments-dlq", "payments"]);
    expect(first.map(({ reason, error }) => [reason, error]).sort()).toEqual([
      ["CARD_UNKNOWN", "Error: There is no card 1111."],
      ["INVALID_EVENT", "Unprocessable: /cents occurs twice."],
      ["INVALID_EVENT", expect.stringMatching(/^Unprocessable: \/cents: .*number/)],
      ["MALFORMED_JSON", "Unprocessable: The body is not valid JSON."],
    ]);
    expect(await read("p-5")).toEqual([200, { id: "p-5", cents: 7 }]);
    const queues = await (await fetch(`${app.url}/_emulator/observe/queues`)).json();
    expect(queues).toMatchObject([{ consumer: "payments", deadLetters: 4 }]);
  });

  test("a redrive is a dry run without --yes", async () => {
    expect(await command("dead-letters", "redrive", "payments-dlq")).toEqual({
      ...{ queue: "payments-dlq", source: "payments", messages: 4, dryRun: true },
    });
    expect((await deadLetters())?.messages).toBe(4);
  });

  test("once the cause is gone a redrive has its effect, and what fails again is parked again", async () => {
    await issueCard("1111");

    const redriven = await command("dead-letters", "redrive", "payments-dlq", "--yes");

    expect(redriven).toMatchObject({ messages: 4, dryRun: false });
    const { line } = await app.lineWith("payments", '"eventId":"p-4","outcome":"done"');
    expect(line).toMatchObject({ outcome: "done" });
    expect(await read("p-4")).toEqual([200, { id: "p-4", cents: 5 }]);
    await expect.poll(async () => (await deadLetters())?.messages).toBe(3);
    expect((await deadLetters())?.first.map(({ reason }) => reason).sort()).toEqual([
      "INVALID_EVENT",
      "INVALID_EVENT",
      "MALFORMED_JSON",
    ]);
  });

  test("parks a message in a table, by the failure log of the page", async () => {
    const { TableNames: [table] = [] } = await dynamo.send(new ListTablesCommand({}));
    const facts = { consumer: "payments", source: "arn", body: "{", eventId: "p-9", attributes: { a: "b" } };
    const call = `
      const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
      const { failureTable } = await import("./failure-table.ts");
      const dynamo = new DynamoDBClient(${JSON.stringify({
        region: app.endpoints.region,
        endpoint: app.endpoints.dynamodb,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
      })});
      await failureTable(dynamo, "${table}").park(${JSON.stringify(facts)}, "CARD_UNKNOWN", new Error("Why"));`;

    await project.run(NODE, "--input-type=module", "--eval", call);

    const Key = { id: { S: "payments p-9" } };
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key }));
    expect(Item).toMatchObject({
      reason: { S: "CARD_UNKNOWN" },
      error: { S: "Error: Why" },
      body: { S: "{" },
      attributes: { S: '{"a":"b"}' },
    });
  });

  test("names the known queues where there is no such dead-letter queue", async () => {
    const args = [project.commandLine, "dead-letters", "redrive", "orders-dlq", "--url", app.url];

    await expect(project.run(NODE, ...args)).rejects.toThrow(
      "There is no dead-letter queue orders-dlq; there are payments-dlq.",
    );
  });
});
