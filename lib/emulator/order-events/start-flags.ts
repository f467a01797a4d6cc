import { parseArgs } from "node:util";
import { FUNCTIONS } from "../../../functions/consumers/consumers.ts";
import { BROKER_FUNCTIONS } from "../../../functions/contract/broker-names.ts";
import { readSettings } from "../../config.ts";
import { BACKBONES, type Backbone } from "../../settings/backbone-settings.ts";
import { pairsOf } from "../../settings/read-setting.ts";
import { type LimitOptions, readLimitOptions } from "../aws-limits/limit-options.ts";
import { DEFAULT_PORT } from "../default-port.ts";

export const START_HELP = `npm start -- [flags]: runs the stacks of this project in a local emulator, on loopback only

  --port N        port of the API, from 0 to 65535; 0 takes any free port (default 4010)
  --data DIR      folder that keeps tables, queues, objects and mails over restarts (default: in memory)
  --kafka         also runs the Kafka backbone: a broker, the stack kafka and its functions (default: off)
  --rabbitmq      also runs the RabbitMQ backbone: a broker, the stack rabbitmq and its functions (default: off)
  --processing P  backbones that process orders, comma-separated: queues, kafka, rabbitmq (default queues); a broker that
                  is named here is run
  -c NAME=VALUE   a setting of the stacks in place of the value of the stage local, as in npm run deploy; repeatable
                  (settings: lib/settings/README.md)
  --watch         follows the sources: a changed function runs its new code for the next message, and tables and queues
                  stay; prints type errors of functions/, and changes of the stacks, which need a restart. npm run dev is
                  the same
  --inspect[=F]   opens a debugger for the function F, or for each function, from port 9229 on, with TypeScript sources;
                  suspends its time-outs; implies --watch
  --no-iam        does not check IAM policies (default: refuses calls that they do not permit)
  --latency aws   gives each SDK call the time that it takes at AWS (default: none)
  --quotas REGION refuses what exceeds the quotas of an AWS region, such as eu-central-1 (default: refuses nothing)
  --json          prints every line of the functions and of the emulator as JSON, without the banner (default: off)
  --help, -h      prints this text

Examples:  npm start -- --port 4020 --data .data --kafka
           npm start -- -c maxPendingSeconds=20 -c alarmThresholds=message-age:30

Environment variables:
  DYNAMODB_ENDPOINT     URL of a DynamoDB to use instead of the bundled one
  KAFKA_BROKERS         host:port[,host:port] of a broker to use instead of starting one; a broker serves one emulator
                        at a time, because two emulators would receive each other's events
  RABBITMQ_URL          amqp://user:password@127.0.0.1:5672/vhost of a broker to use instead of starting one
  RABBITMQ_MANAGEMENT_URL  URL of its management API (default: port 15672 of the same address)
  RABBITMQ_HOME         folder of a RabbitMQ whose sbin holds rabbitmq-server (default: that of the system)
  MAVEN_REPOSITORY_URL  Maven repository for the jars of Apache Kafka (default: Maven Central)

Starting Kafka needs Java 17 or newer. Its jars (44 MB) are downloaded the first time.
Starting RabbitMQ needs its server, e.g.  apt-get install --no-install-recommends rabbitmq-server

Exit code: 0 when it was stopped, 1 when it could not start or go on, 3 for an unknown flag or value.
`;

export interface StartFlags {
  readonly port: number;
  readonly json: boolean;
  readonly watch: boolean;
  /** Functions with a debugger, in the order of their ports. */
  readonly inspected: readonly string[];
  /** Whether calls are refused that the policies do not permit. */
  readonly checksPermissions: boolean;
  readonly dataDir: string | undefined;
  /** Latency and quotas of AWS. */
  readonly limits: LimitOptions;
  /** `queues` and the brokers that run. */
  readonly backbones: readonly Backbone[];
  readonly processing: readonly Backbone[];
  /** Settings of `-c`, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Settings that another flag decides, or that the emulator does not have. */
const OWN_FLAGS: Readonly<Record<string, string>> = {
  stage: "the emulator runs the stage local",
  namePrefix: "the emulator runs the default prefix",
  account: "the emulator has an account of its own",
  region: "the emulator has a region of its own",
  backbones: "use --kafka and --rabbitmq",
  processing: "use --processing",
};

export type ParsedFlags =
  | ({ readonly kind: "run" } & StartFlags)
  | { readonly kind: "help" }
  | { readonly kind: "usage"; readonly message: string };

export function parseStartFlags(args: readonly string[]): ParsedFlags {
  try {
    const { values } = parseArgs({
      // Its value is optional, which parseArgs does not support.
      args: args.map((arg) => (arg === "--inspect" ? `--inspect=${EVERY}` : arg)),
      options: {
        port: { type: "string", default: String(DEFAULT_PORT) },
        data: { type: "string" },
        kafka: { type: "boolean", default: false },
        rabbitmq: { type: "boolean", default: false },
        processing: { type: "string", default: "queues" },
        setting: { type: "string", short: "c", multiple: true, default: [] },
        watch: { type: "boolean", default: false },
        inspect: { type: "string" },
        "no-iam": { type: "boolean", default: false },
        latency: { type: "string" },
        quotas: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return { kind: "usage", message: `--port must be an integer from 0 to 65535; received ${values.port}` };
    }
    if (values.data === "") return { kind: "usage", message: "--data needs a folder name" };
    const processing = backbonesIn(values.processing);
    if (processing === undefined) {
      const message = `--processing takes one of ${BACKBONES.join(", ")}, or several, comma-separated; received ${values.processing}`;
      return { kind: "usage", message };
    }
    const backbones = BACKBONES.filter(
      (each) => each === "queues" || values[each] || processing.includes(each),
    );
    const settings = pairsOf(values.setting);
    const own = Object.keys(settings).find((name) => Object.hasOwn(OWN_FLAGS, name));
    if (own !== undefined) return { kind: "usage", message: `-c takes no ${own} here: ${OWN_FLAGS[own]}` };
    readSettings({ stage: "local", ...settings, ...brokerSettings(backbones, processing) });
    const inspected = inspectedFunctions(values.inspect, backbones);
    if (inspected === undefined) {
      const message = `--inspect must name one of ${functionsOf(backbones).join(", ")}; received ${values.inspect}`;
      return { kind: "usage", message };
    }
    const { json, data: dataDir, "no-iam": noIam } = values;
    const limits = readLimitOptions(values);
    const watch = values.watch || inspected.length > 0;
    const run = { port, json, watch, inspected, checksPermissions: !noIam, dataDir, limits };
    return { kind: "run", ...run, backbones, processing, settings };
  } catch (error) {
    return { kind: "usage", message: error instanceof Error ? error.message : String(error) };
  }
}

/** The value of `--inspect` alone. */
const EVERY = "*";

const functionsOf = (backbones: readonly Backbone[]): readonly string[] => [
  ...FUNCTIONS,
  ...(backbones.includes("kafka") ? BROKER_FUNCTIONS.kafka : []),
  ...(backbones.includes("rabbitmq") ? BROKER_FUNCTIONS.rabbitmq : []),
];

/** The functions of `--inspect`; undefined for a name that none has. */
function inspectedFunctions(
  named: string | undefined,
  backbones: readonly Backbone[],
): readonly string[] | undefined {
  if (named === undefined) return [];
  const all = functionsOf(backbones);
  if (named === EVERY) return all;
  return all.includes(named) ? [named] : undefined;
}

/** The settings of the backbones that run. */
export function brokerSettings(
  backbones: readonly Backbone[],
  processing: readonly Backbone[],
): Readonly<Record<string, string>> {
  return backbones.length > 1 ? { backbones: backbones.join(","), processing: processing.join(",") } : {};
}

/** The named backbones, each once; `undefined` where there is none or another name. */
function backbonesIn(text: string): readonly Backbone[] | undefined {
  const names = text.split(",");
  const known = BACKBONES.filter((each) => names.includes(each));
  return known.length === new Set(names).size ? known : undefined;
}
