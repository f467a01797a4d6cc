import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KAFKA_ARTIFACTS, KAFKA_VERSION } from "../../../lib/emulator/kafka/broker/kafka-artifacts.ts";
import { kafkaJars } from "../../../lib/emulator/kafka/broker/kafka-jars.ts";
import { findJava, majorVersion } from "../../../lib/emulator/kafka/broker/kafka-java.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const CONTENT = "not really a jar";
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const artifact = (sha256 = SHA256) => ["org/tiny/1/tiny-1.jar", CONTENT.length, sha256] as const;

let cacheDir: string;
let server: Server;
let asked: string[];
let status: number;
let repository: string;
beforeEach(async () => {
  cacheDir = temporaryFolder();
  asked = [];
  status = 200;
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(status).end(CONTENT);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  repository = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/maven2/`;
});
afterEach(async () => {
  server.close();
});

test("a jar is fetched once, from its coordinates in the repository", async () => {
  const options = { cacheDir, repository, artifacts: [artifact()] };

  const [first] = await kafkaJars(options);
  await kafkaJars(options);

  expect(asked).toEqual(["/maven2/org/tiny/1/tiny-1.jar"]);
  expect(first).toBe(join(cacheDir, KAFKA_VERSION, "tiny-1.jar"));
  expect(await readFile(first ?? "", "utf8")).toBe(CONTENT);
});

test("an incomplete file in the cache is fetched again", async () => {
  const [file = ""] = await kafkaJars({ cacheDir, repository, artifacts: [artifact()] });
  await writeFile(file, "not re");

  await kafkaJars({ cacheDir, repository, artifacts: [artifact()] });

  expect(await readFile(file, "utf8")).toBe(CONTENT);
});

test("a jar with another checksum is refused and not kept", async () => {
  const options = { cacheDir, repository, artifacts: [artifact("0".repeat(64))] };

  await expect(kafkaJars(options)).rejects.toThrow(/tiny-1.jar has a wrong checksum/);
  await expect(kafkaJars(options)).rejects.toThrow(/docker run -p 9092:9092 apache\/kafka:/);

  expect(asked).toHaveLength(2);
});

test("a repository without the jar, or out of reach, is named with the alternatives", async () => {
  status = 404;
  const missing = { cacheDir, repository, artifacts: [artifact()] };
  const unreachable = { cacheDir, repository: "http://127.0.0.1:9", artifacts: [artifact()] };

  await expect(kafkaJars(missing)).rejects.toThrow(/maven2\/org\/tiny.*the repository answered 404/);
  await expect(kafkaJars(unreachable)).rejects.toThrow(/127.0.0.1:9\/org\/tiny[\s\S]*MAVEN_REPOSITORY_URL/);
});

test("every artifact has its checksum, size and version", () => {
  for (const [path, bytes, sha256] of KAFKA_ARTIFACTS) {
    expect(sha256, path).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes, path).toBeGreaterThan(1_000);
  }
  expect(KAFKA_ARTIFACTS.filter(([path]) => path.includes("/kafka_2.13/"))).toHaveLength(1);
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "25" 2025-09-16', 25],
  ['java version "1.8.0_392"', 8],
  ["command not found", undefined],
])("%s is Java %s", (text, major) => {
  expect(majorVersion(text)).toBe(major);
});

test("a JAVA_HOME without Java is reported with what to install", async () => {
  await expect(findJava({ JAVA_HOME: cacheDir })).rejects.toThrow(/cannot be run[\s\S]*openjdk-17/);
});

test("a Java that is too old is reported", async () => {
  await writeFile(join(cacheDir, "java"), "#!/bin/sh\necho 'java version \"11.0.1\"' >&2\n", { mode: 0o755 });

  await expect(findJava({ PATH: cacheDir })).rejects.toThrow(
    /Java 17 or newer, and java is java version "11/,
  );
});
