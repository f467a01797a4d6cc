import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { alterForBroker } from "../../emulators/kafka-assembly.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const HASH = "0".repeat(64);
const TEMPLATE = {
  Resources: { Brokers: { Type: "Custom::KafkaBrokers" } },
  Outputs: { Brokers: { Value: { "Fn::GetAtt": ["Brokers", "Brokers"] } } },
};

let folder: string;
let from: string;
let to: string;
beforeEach(async () => {
  folder = temporaryFolder();
  [from, to] = [join(folder, "made"), join(folder, "deployed")];
  await mkdir(from);
  await write("kafka.template.json", TEMPLATE);
  await write("kafka.assets.json", {
    files: {
      code: { source: { path: "asset.code" }, destinations: {} },
      [HASH]: { source: { path: "kafka.template.json" }, destinations: { x: { objectKey: `${HASH}.json` } } },
    },
  });
  await write("manifest.json", { artifacts: { kafka: { properties: { url: `s3://assets/${HASH}.json` } } } });
});

const write = (name: string, content: object) => writeFile(join(from, name), JSON.stringify(content));
const read = async (name: string) => JSON.parse(await readFile(join(to, name), "utf8"));
const alter = (brokers: string) => alterForBroker({ from, to, stack: "kafka", brokers });
const keyIn = (manifest: { artifacts: { kafka: { properties: { url: string } } } }) =>
  manifest.artifacts.kafka.properties.url.replace("s3://assets/", "");

it("changes the copy and keeps the synthesized assembly unchanged", async () => {
  await alter("kafka:19092");

  expect(await read("kafka.template.json")).toEqual({
    Resources: {},
    Outputs: { Brokers: { Value: "kafka:19092" } },
  });
  expect(JSON.parse(await readFile(join(from, "kafka.template.json"), "utf8"))).toEqual(TEMPLATE);
});

it("names the template by its new content in the manifest and the assets, so that the toolkit uploads it", async () => {
  await alter("127.0.0.1:1");
  const first = keyIn(await read("manifest.json"));
  await alter("127.0.0.1:2");
  const second = keyIn(await read("manifest.json"));

  const { files } = await read("kafka.assets.json");
  expect(new Set([first, second, `${HASH}.json`]).size).toBe(3);
  expect(Object.keys(files)).toEqual(["code", second.replace(".json", "")]);
  expect(files[second.replace(".json", "")].destinations.x.objectKey).toBe(second);
});

it("removes an earlier copy", async () => {
  await mkdir(to);
  await writeFile(join(to, "earlier.json"), "{}");

  await alter("kafka:19092");

  await expect(read("earlier.json")).rejects.toThrow("ENOENT");
});

it("reports assets without a template", async () => {
  await write("kafka.assets.json", { files: {} });

  await expect(alter("kafka:19092")).rejects.toThrow(/names no template\. Synthesize again/);
});
