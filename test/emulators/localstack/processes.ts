import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run, withOwnNode } from "../../../lib/deploy/child.ts";
import { DeployError, UnavailableError } from "../../../lib/deploy/deploy-error.ts";
import { step } from "../../../lib/deploy/steps.ts";
import { findJava } from "../../../lib/emulator/kafka/broker/kafka-java.ts";
import { type Artifact, MavenError, mavenFiles } from "../../../lib/emulator/kafka/broker/maven-files.ts";
import { isAlive } from "../../../lib/emulator/running-emulators.ts";
import { installTool, type PythonTool } from "../python-tool.ts";
import { INSTEAD, whyDown } from "./docker.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "../../..");
/** The files of the running LocalStack, and its process id. */
const STATE = resolve(ROOT, ".cache/localstack");
const LOG = resolve(ROOT, "reports/localstack.log");
const DYNAMODB_FOLDER = resolve(ROOT, ".cache/dynamodb-local-3.3.1");
const START_MS = 120_000;
/** Its own shutdown waits for its pollers; nothing of it is kept. */
const STOP_MS = 3_000;
const POLL_MS = 200;

export const LOCALSTACK: PythonTool = {
  name: "LocalStack",
  version: "4.14.0",
  packages: ["--requirement", join(HERE, "requirements.txt")],
  // Older ones do not run it, and newer ones have no wheels of all its packages.
  python: { oldest: "3.13", newest: "3.13" },
  command: "npm run localstack:up",
  instead: INSTEAD,
};

/**
 * Starts LocalStack from PyPI in the background, its functions and its DynamoDB as child processes, all on loopback, and
 * resolves once it responds. Rejects with UnavailableError where Python, Java or a registry is missing.
 */
export async function startProcesses(port: number, state = STATE): Promise<void> {
  const programs = await installTool(LOCALSTACK);
  await requireJava();
  await fetchDynamoDb();
  await rm(state, { recursive: true, force: true });
  for (const folder of ["root", "tmp"]) await mkdir(join(state, folder), { recursive: true });
  await mkdir(resolve(LOG, ".."), { recursive: true });
  await step(`start LocalStack ${LOCALSTACK.version} without Docker`, async () => {
    const log = await open(LOG, "w");
    const child = spawn(join(resolve(programs), "python"), ["-m", "processes"], {
      // DynamoDB Local writes a file into its folder.
      cwd: state,
      // A process group, which `stopProcesses` ends.
      detached: true,
      env: environmentOf(port, state),
      stdio: ["ignore", log.fd, log.fd],
    });
    await log.close();
    await writeFile(join(state, "pid"), String(child.pid));
    if (await isReady(port, () => child.exitCode === null)) return child.unref();
    await stopProcesses(state);
    throw new DeployError(whyDown(await readFile(LOG, "utf8")));
  });
}

/** Stops a LocalStack that `startProcesses` started, and deletes its data. Resolves to false where none runs. */
export async function stopProcesses(state = STATE): Promise<boolean> {
  const pid = Number(await readFile(join(state, "pid"), "utf8").catch(() => "0"));
  const isOurs = pid > 0 && (await commandOf(pid)).includes("-m processes");
  if (isOurs) {
    process.kill(pid, "SIGTERM");
    const end = performance.now() + STOP_MS;
    while (isAlive(pid) && performance.now() < end) await pause(POLL_MS);
    // Its children as well, also where it has ended.
    for (const each of [-pid, pid])
      try {
        process.kill(each, "SIGKILL");
      } catch {
        // It has ended.
      }
  }
  await rm(state, { recursive: true, force: true, maxRetries: 5 });
  return isOurs;
}

/** The command line of a process: its id may be that of another program by now. */
const commandOf = async (pid: number): Promise<string> =>
  (await run("ps", ["-o", "args=", "-p", String(pid)])).output;

const environmentOf = (port: number, state: string): NodeJS.ProcessEnv =>
  withOwnNode({
    PATH: process.env["PATH"],
    JAVA_HOME: process.env["JAVA_HOME"],
    // As in compose.yaml.
    LAMBDA_IGNORE_ARCHITECTURE: "1",
    LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT: "120",
    DISABLE_EVENTS: "1",
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    // Names that resolve without the name server of its container.
    LOCALSTACK_HOST: `localhost:${port}`,
    SQS_ENDPOINT_STRATEGY: "path",
    DNS_ADDRESS: "0",
    SKIP_SSL_CERT_DOWNLOAD: "1",
    // It takes a machine with a /.dockerenv for its own container.
    OVERRIDE_IN_DOCKER: "0",
    // Streams of DynamoDB Local instead of a download.
    PROVIDER_OVERRIDE_DYNAMODB: "v2",
    PROVIDER_OVERRIDE_DYNAMODBSTREAMS: "v2",
    DYNAMODB_LOCAL_FOLDER: DYNAMODB_FOLDER,
    FILESYSTEM_ROOT: join(state, "root"),
    HOME: state,
    TMPDIR: join(state, "tmp"),
    FUNCTION_COMMAND: JSON.stringify([
      process.execPath,
      join(ROOT, "lib/emulator/runtime/bootstrap.mjs"),
      ROOT,
    ]),
    PYTHONPATH: HERE,
    PYTHONDONTWRITEBYTECODE: "1",
  });

async function isReady(port: number, isRunning: () => boolean): Promise<boolean> {
  const end = performance.now() + START_MS;
  while (isRunning() && performance.now() < end) {
    const health = await fetch(`http://127.0.0.1:${port}/_localstack/health`).catch(() => undefined);
    if (health?.ok === true) return true;
    await pause(POLL_MS);
  }
  return false;
}

async function requireJava(): Promise<void> {
  await findJava().catch((cause: unknown) => {
    throw new UnavailableError(
      "LocalStack's DynamoDB needs Java 17 or newer on the PATH or in JAVA_HOME " +
        `(apt install openjdk-17-jre-headless).\n${INSTEAD}`,
      { cause },
    );
  });
}

async function fetchDynamoDb(): Promise<void> {
  const list = await readFile(join(HERE, "dynamodb-local.txt"), "utf8");
  const lines = list.split("\n").filter((line) => /^[0-9a-f]/.test(line));
  const artifacts = lines.map((line): Artifact => {
    const [sha256 = "", bytes = "", path = ""] = line.split(" ");
    return [path, Number(bytes), sha256];
  });
  const onProgress = (text: string) => console.log(`   ${text}`);
  await mavenFiles({ what: "DynamoDB Local", artifacts, folder: DYNAMODB_FOLDER, onProgress }).catch(
    (cause: unknown) => {
      if (!(cause instanceof MavenError)) throw cause;
      throw new UnavailableError(`${cause.message} (MAVEN_REPOSITORY_URL names another).\n${INSTEAD}`, {
        cause,
      });
    },
  );
}
