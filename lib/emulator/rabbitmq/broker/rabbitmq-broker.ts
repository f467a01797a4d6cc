import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { elapsed } from "../../elapsed.ts";
import type { ProcessLife } from "../../services/lasting-process.ts";
import { spawnTied } from "../../services/tied-process.ts";

export interface BrokerOptions {
  /** Folder of `rabbitmq-server` and `rabbitmqctl`. */
  readonly bin: string;
  /** Holds the settings, the data and the logs. */
  readonly directory: string;
  readonly ports: BrokerPorts;
  /** Further lines of its configuration. */
  readonly settings?: readonly string[];
}

export interface BrokerPorts {
  readonly amqp: number;
  readonly management: number;
  readonly distribution: number;
  readonly epmd: number;
}

const STARTUP_MS = 90_000;
const LOOK_MS = 100;
const ENDING_MS = 10_000;
/** What a server of AMQP answers to anything else: it listens before it serves. */
const GREETING = "AMQP";
const KEPT_LINES = 10;

/** Starts the broker on its folder, and resolves when it serves. */
export async function startRabbitBroker(options: BrokerOptions): Promise<ProcessLife> {
  await untilEnded(join(options.directory, "pid"));
  const environment = await writeSettings(options);
  const { epmd, amqp, management } = options.ports;
  // A broker would start it as a daemon, which would outlive this process.
  const names = spawnTied("epmd", ["-port", String(epmd), "-address", "127.0.0.1"]);
  const server = spawnTied("/usr/bin/env", [
    ...environment,
    join(options.bin, "rabbitmq-server"),
    // Without it the virtual machine would end with its standard input.
    "-noinput",
  ]);
  const lines = lastLines(server);
  const ended = once(server, "close").then(([code, signal]) => {
    names.stdin?.destroy();
    return String(signal ?? `exit code ${code}`);
  });
  let how: string | undefined;
  void ended.then((text) => {
    how = text;
  });
  const killAll = async () => {
    for (const child of [server, names]) {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGKILL");
    }
    await ended;
  };
  const until = elapsed.now() + STARTUP_MS;
  while (!(await isServing(amqp, management))) {
    if (how !== undefined || elapsed.now() > until) {
      await killAll();
      throw new Error(
        `RabbitMQ did not start (${how ?? "no answer in time"}): ${lines.join("\n") || "no output"}`,
      );
    }
    await sleep(LOOK_MS);
  }
  return {
    ended,
    async stop() {
      server.stdin?.destroy();
      const late = new AbortController();
      await Promise.race([
        ended,
        sleep(ENDING_MS, undefined, { signal: late.signal }).then(killAll, () => {}),
      ]);
      late.abort();
    },
    kill: killAll,
  };
}

/** Two brokers on one folder would destroy it: an emulator that was stopped leaves its broker ending for some seconds. */
async function untilEnded(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  const until = elapsed.now() + STARTUP_MS;
  while (Number.isInteger(pid) && pid > 0 && (await isBroker(pid))) {
    if (elapsed.now() > until) throw new Error(`the process ${pid} still uses its data`);
    await sleep(LOOK_MS);
  }
}

/** An id may belong to another process since: on Linux its command line shows that. */
async function isBroker(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  return command === undefined || command.includes("beam");
}

function lastLines(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  if (child.stderr === null) throw new Error("the broker has no output to read");
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  });
  return lines;
}

async function isServing(amqp: number, management: number): Promise<boolean> {
  const [greeting, api] = await Promise.all([
    greetingAt(amqp),
    fetch(`http://127.0.0.1:${management}/api/overview`).then(
      ({ status }) => status === 401,
      () => false,
    ),
  ]);
  return greeting === GREETING && api;
}

/** The first bytes that a server sends to a client that speaks another protocol. */
function greetingAt(port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ port, host: "127.0.0.1" });
  socket.setTimeout(1_000, () => socket.destroy());
  socket.once("data", (data) => {
    resolve(data.toString("latin1", 0, GREETING.length));
    socket.destroy();
  });
  socket.on("error", () => {});
  socket.once("close", () => resolve(""));
  socket.write("GREETING");
  return promise;
}

/** Writes what the broker reads, and answers its environment as `NAME=value`. */
async function writeSettings({ directory, ports, settings = [] }: BrokerOptions): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const file = async (name: string, text: string) => {
    const path = join(directory, name);
    await writeFile(path, text);
    return path;
  };
  const config = await file(
    "rabbitmq.conf",
    [
      `listeners.tcp.local = 127.0.0.1:${ports.amqp}`,
      "management.tcp.ip = 127.0.0.1",
      `management.tcp.port = ${ports.management}`,
      // Queues are listed on the console: figures of the last second are recent enough.
      "collect_statistics_interval = 1000",
      // The test for a full disk: the default of 50 MB is less than the data folder may take.
      "disk_free_limit.absolute = 50MB",
      ...settings,
      "",
    ].join("\n"),
  );
  const plugins = await file("enabled_plugins", "[rabbitmq_management].\n");
  await file("rabbitmq-env.conf", "");
  return assignments({
    ...nodeVariables({ directory, ports }),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_ALLOW_INPUT: 1,
    RABBITMQ_MNESIA_BASE: join(directory, "data"),
    RABBITMQ_LOG_BASE: join(directory, "log"),
    RABBITMQ_PID_FILE: join(directory, "pid"),
    RABBITMQ_GENERATED_CONFIG_DIR: join(directory, "generated"),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_DIST_PORT: ports.distribution,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2",
  });
}

/** What a tool of RabbitMQ finds the node by. The cookie is in the home folder. */
function nodeVariables({ directory, ports }: Pick<BrokerOptions, "directory" | "ports">) {
  return {
    HOME: directory,
    ERL_EPMD_PORT: ports.epmd,
    RABBITMQ_NODENAME: "order-events@localhost",
    RABBITMQ_CONF_ENV_FILE: join(directory, "rabbitmq-env.conf"),
  };
}

const assignments = (variables: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`);

/** Runs rabbitmqctl on the broker. Resolves to its output; rejects unless it succeeds. */
export async function controlBroker(options: BrokerOptions, ...args: readonly string[]): Promise<string> {
  const tool = [join(options.bin, "rabbitmqctl"), ...args];
  const running = runFile("/usr/bin/env", [...assignments(nodeVariables(options)), ...tool]);
  // The tool of RabbitMQ 4 reads it to its end.
  running.child.stdin?.end();
  return (await running).stdout;
}

const runFile = promisify(execFile);
