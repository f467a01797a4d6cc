import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "../../services/free-port.ts";
import { lastingProcess } from "../../services/lasting-process.ts";
import { NoRabbitError, UnreachableRabbitError } from "./no-rabbitmq.ts";
import { controlBroker, startRabbitBroker } from "./rabbitmq-broker.ts";

export interface RabbitOptions {
  /** Queues are kept in `<dataDir>/rabbitmq`; in a folder that goes with the broker when absent. */
  readonly dataDir?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Further lines of the broker's configuration. */
  readonly settings?: readonly string[];
  readonly onProgress?: (text: string) => void;
  /** Called when the broker exited unexpectedly, before it is restarted. */
  readonly onEnd?: (how: string) => void;
  /** Called when it serves again after that. */
  readonly onBack?: () => void;
}

export interface RabbitServer {
  /** `amqp://user:password@127.0.0.1:port/vhost`; the same over restarts. */
  readonly url: string;
  /** Of the management API, with neither user nor path. */
  readonly managementUrl: string;
  /** False for the broker of RABBITMQ_URL, which the emulator does not kill. */
  readonly isOurs: boolean;
  /** `kill -9`, as a machine dies. It stays down until `restart`. */
  kill(): Promise<void>;
  /** Starts it again on its data and its ports. Resolves when it serves. */
  restart(): Promise<void>;
  /** Runs rabbitmqctl on it. */
  control(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const MANAGEMENT_PORT = "15672";
/** The script in /usr/sbin is for root and the user rabbitmq; the one that it calls runs as any user. */
const PLACES = ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/opt/homebrew/sbin", "/usr/local/sbin"];

/**
 * A RabbitMQ on loopback: the one that RABBITMQ_URL names, else the server of the system, as a child with its own node
 * name, data and ports.
 * Rejects with NoRabbitError, whose message names what to install, and with UnreachableRabbitError for a URL that cannot
 * be used.
 */
export async function startRabbit(options: RabbitOptions = {}): Promise<RabbitServer> {
  const { environment = process.env, onProgress = () => {}, onEnd = () => {}, onBack = () => {} } = options;
  const named = environment["RABBITMQ_URL"];
  if (named !== undefined && named !== "") return namedRabbit(named, environment["RABBITMQ_MANAGEMENT_URL"]);
  const bin = findBin(environment);
  const scratch = options.dataDir === undefined ? await temporaryFolder() : undefined;
  const directory = scratch ?? join(options.dataDir ?? "", "rabbitmq");
  const ports = {
    amqp: await freePort(),
    management: await freePort(),
    distribution: await freePort(),
    epmd: await freePort(),
  };
  const { settings = [] } = options;
  const broker = { bin, directory, ports, settings };
  onProgress("Starting RabbitMQ …");
  const { kill, restart, close } = await lastingProcess({
    start: () => startRabbitBroker(broker),
    onEnd,
    onBack,
    ...(scratch === undefined ? {} : { scratch }),
  }).catch((cause: unknown) => {
    throw new NoRabbitError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  return {
    url: `amqp://guest:guest@127.0.0.1:${ports.amqp}/%2F`,
    managementUrl: `http://127.0.0.1:${ports.management}`,
    isOurs: true,
    kill,
    restart,
    control: (...args) => controlBroker(broker, ...args),
    close,
  };
}

/** The folder of the server's scripts. Throws NoRabbitError where there is none. */
function findBin(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const home = environment["RABBITMQ_HOME"];
  const path = (environment["PATH"] ?? "").split(delimiter);
  const places =
    home === undefined || home === "" ? [...PLACES, ...path] : [join(home, "sbin"), join(home, "bin")];
  const found = places.find((place) => place !== "/usr/sbin" && existsSync(join(place, "rabbitmq-server")));
  if (found === undefined)
    throw new NoRabbitError(`there is no rabbitmq-server in ${[...new Set(places)].join(", ")}`);
  return found;
}

const temporaryFolder = () => mkdtemp(join(tmpdir(), "order-events-rabbitmq-"));

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function namedRabbit(text: string, management: string | undefined): RabbitServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "amqp:" || !LOOPBACK.test(url.hostname) || url.username === "") {
    throw new UnreachableRabbitError(
      "RABBITMQ_URL must be amqp://user:password@<loopback address>:port/vhost: the emulator uses no broker elsewhere.",
    );
  }
  const refuse = async () => {
    throw new Error("The broker comes from RABBITMQ_URL; the emulator does not stop, start or change it.");
  };
  return {
    url: text,
    managementUrl: management ?? `http://${url.hostname}:${MANAGEMENT_PORT}`,
    isOurs: false,
    kill: refuse,
    restart: refuse,
    control: refuse,
    close: async () => {},
  };
}

/** The parts of a broker's URL that the management API takes. */
export function managementOptions({ url, managementUrl }: Pick<RabbitServer, "url" | "managementUrl">) {
  const { username, password, pathname } = new URL(url);
  return {
    url: managementUrl,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    vhost: pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : "/",
  };
}
