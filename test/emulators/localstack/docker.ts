import { once } from "node:events";
import { createServer } from "node:net";
import { type CommandResult, run } from "../../../lib/deploy/child.ts";
import { DeployError } from "../../../lib/deploy/deploy-error.ts";
import { otherPort } from "../../../lib/emulator/http-server.ts";
import { LOCALSTACK_PORT } from "../../e2e/targets.ts";
import type { Emulator, EmulatorKafka } from "../aws-emulator.ts";

/** The last image that starts without a token. */
const FREE_IMAGE = "localstack/localstack:4.14.0";
const COMPOSE_FILE = "test/emulators/localstack/compose.yaml";
/** The two listeners of the broker in the compose file, one for the functions in its network. */
const KAFKA: EmulatorKafka = {
  fromFunctions: "kafka:19092",
  fromHere: `127.0.0.1:${process.env["KAFKA_PORT"] ?? 9092}`,
};
/** What runs without LocalStack. */
export const INSTEAD =
  "Without it:  npm run ministack:test   deploys the same stacks to MiniStack;  npm start   runs them by npm alone.";

type Environment = Readonly<Record<string, string | undefined>>;

/** The port of the container on this machine. */
export function portOf(environment: Environment = process.env): number {
  const port = Number(environment["LOCALSTACK_PORT"] ?? LOCALSTACK_PORT);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new DeployError(
    `LOCALSTACK_PORT is a port from 1 to 65535; received "${environment["LOCALSTACK_PORT"]}".`,
  );
}

/** LocalStack as a deployment target. Its free image has no SES of version 2. */
export const localStack = (options: { readonly withKafka?: boolean } = {}): Emulator => ({
  name: "localstack",
  endpoint: `http://127.0.0.1:${portOf()}`,
  hasMail: false,
  ...(options.withKafka === true && { kafka: KAFKA }),
});

/** Whether LocalStack responds. */
export async function isUp({ endpoint } = localStack()): Promise<boolean> {
  const health = await fetch(`${endpoint}/_localstack/health`).catch(() => undefined);
  return health?.ok === true;
}

/** Rejects with the remedy where LocalStack does not respond. */
export async function requireRunning(): Promise<void> {
  const { endpoint } = localStack();
  if (!(await isUp()))
    throw new DeployError(`Nothing answers at ${endpoint}. Start it:  npm run localstack:up`);
}

/** What is missing of Docker, its daemon and compose, if anything. */
export async function missingDocker(docker = "docker"): Promise<string | undefined> {
  const version = await run(docker, ["version", "--format", "{{.Server.Version}}"]).catch(() => undefined);
  if (version === undefined) return "There is no Docker";
  if (version.code !== 0) return "Docker's daemon does not answer (docker info)";
  const compose = await run(docker, ["compose", "version"]);
  return compose.code === 0
    ? undefined
    : "Docker has no compose plugin (https://docs.docker.com/compose/install)";
}

/** Throws DeployError for an image that requires a missing token. */
export function requireToken(environment: Environment = process.env): void {
  const { LOCALSTACK_IMAGE: image = FREE_IMAGE, LOCALSTACK_AUTH_TOKEN: token = "" } = environment;
  if (image === FREE_IMAGE || token !== "") return;
  throw new DeployError(
    `${image} wants a token: set LOCALSTACK_AUTH_TOKEN (https://app.localstack.cloud/workspace/auth-token), ` +
      `or unset LOCALSTACK_IMAGE for ${FREE_IMAGE}, which needs none.`,
  );
}

/** Rejects with DeployError where the port is in use. */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  const server = createServer();
  const listening = once(server, "listening");
  server.listen(port, "127.0.0.1");
  await listening.catch((cause: unknown) => {
    throw new DeployError(
      `Port ${port} is taken. Choose another:  ${variable}=${otherPort(port)} npm run localstack:up`,
      { cause },
    );
  });
  server.close();
  await once(server, "close");
}

/** Runs `docker compose` on the project's file. */
export const compose = (...args: readonly string[]): Promise<CommandResult> =>
  run("docker", ["compose", "-f", COMPOSE_FILE, ...args]);

/** The reason that a container did not start, by its log. */
export function whyDown(log: string): string {
  if (/licen[cs]e|auth[ _-]?token/i.test(log))
    return "LocalStack refused the token: check LOCALSTACK_AUTH_TOKEN, or unset LOCALSTACK_IMAGE.";
  const end = log.trim().split("\n").slice(-10).join("\n");
  return `LocalStack did not come up. Its log ends with:\n${end}`;
}
