import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyProject, type ProjectCopy } from "./project-copy.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../functions/tutorial.md"), "utf8");

/** A fenced block, with the last path that the text before it names. */
interface Block {
  readonly kind: string;
  readonly text: string;
  readonly path: string;
}

const BLOCKS: readonly Block[] = [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => {
  const [, kind = "", text = ""] = match;
  const path = [...PAGE.slice(0, match.index).matchAll(/`((?:\w+\/)[\w./-]+\.ts)`/g)].at(-1)?.[1] ?? "";
  return { kind, text, path };
});
/** The last one: what it removes, the tests before it need. */
const REMOVAL = BLOCKS.at(-1)?.text ?? "";

let project: ProjectCopy;
beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

/** A block of removed and added lines below the name of a file. The removed lines stand there once. */
function applyChange(text: string): void {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const path = header.replace("--- ", "");
  const of = (sign: string) =>
    lines
      .filter((line) => line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  const before = project.read(path);
  expect(before.split(of("-")), `the removed lines, in ${path}`).toHaveLength(2);
  project.write(
    path,
    before.replace(of("-"), () => of("+")),
  );
}

test("the tutorial has commands, a file and changes", () => {
  expect(new Set(BLOCKS.map(({ kind }) => kind))).toEqual(new Set(["sh", "diff", "ts"]));
});

test("each step of the tutorial works as it stands, and it changes the files that it names", async () => {
  for (const { kind, text, path } of BLOCKS.slice(0, -1)) {
    if (kind === "ts") project.write(path, text);
    if (kind === "diff") applyChange(text);
    if (kind === "sh") await runEach(text);
  }

  expect(await handwritten()).toEqual([
    "functions/consumers/award-points/consumer.ts",
    "functions/consumers/award-points/effect.ts",
    "functions/consumers/award-points/handler.ts",
    "functions/consumers/consumers.ts",
    "functions/contract/api.ts",
    "functions/contract/order-status.ts",
    "functions/contract/schemas.ts",
    "functions/handlers/ship-order.ts",
    "functions/handlers/shipping-quote.ts",
    "functions/orders/domain/shipping-price.ts",
  ]);
});

test("the test of each new part fails when its handler has no effect", async () => {
  const handlers = {
    "award-points": ["functions/consumers/award-points/handler.ts", /writes: \[.*?\n {4}\],/s, "writes: [],"],
    "ship-order": ["functions/handlers/ship-order.ts", /"SHIPPED"/, '"CANCELLED"'],
    "shipping-quote": ["functions/handlers/shipping-quote.ts", /request\.json\(\w+\)/, '{ country: "FR" }'],
    "order-shipped": ["functions/contract/order-status.ts", /mail: "is on its way",/, ""],
  } as const;
  for (const [path, right, wrong] of Object.values(handlers)) {
    const text = project.read(path);
    expect(text).toMatch(right);
    project.write(path, text.replace(right, wrong));
  }

  const { code, stdout } = await project.sh(
    `npx vitest run --project component ${Object.keys(handlers)
      .map((name) => `test/component/${name}.test.ts`)
      .join(" ")}`,
  );

  expect(code).toBe(1);
  for (const name of Object.keys(handlers))
    expect(stdout).toMatch(new RegExp(`component/${name}\\.test\\.ts \\(\\d+ tests \\| \\d+ failed\\)`));
});

test("the consumer is removed without a trace", async () => {
  expect(REMOVAL).toContain("remove-consumer award-points");

  await runEach(REMOVAL);

  expect(await project.changed()).not.toContain("functions/consumers/consumers.ts");
  const { stdout } = await project.sh("git ls-files --others --exclude-standard | grep award-points");
  expect(stdout).toBe("");
  expect(project.read("functions/contract/asyncapi.json")).not.toContain("award-points");
});

/** Runs each line of a block. */
async function runEach(text: string): Promise<void> {
  for (const line of text.trim().split("\n")) {
    const { code, stdout, stderr } = await project.sh(line);
    expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
  }
}

/** The files that differ, without tests and what `npm run generate` writes. */
async function handwritten(): Promise<string[]> {
  const paths = await project.changed();
  return paths.filter((path) => /^functions\/.*\.ts$/.test(path) && !path.endsWith(".d.ts")).sort();
}
