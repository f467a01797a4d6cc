import { parseArgs } from "node:util";
import { readSettings, type Settings } from "../config.ts";
import { rabbitTopology } from "../settings/rabbitmq-topology.ts";
import { pairsOf, SettingError } from "../settings/read-setting.ts";
import { printableJson } from "../terminal-text.ts";
import { applyTopology, findTopology, refuseConflicts } from "./apply-topology.ts";
import { type Management, ManagementError, type ManagementOptions } from "./management-api.ts";
import { describeTopologyStep, planTopology, type TopologyStep } from "./topology-plan.ts";

export interface TopologyEnvironment {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly password: string | undefined;
  readonly management: (options: ManagementOptions) => Management;
}

const HELP = `npm run rabbitmq:topology -- --url <management API> --user <name> [flags]: applies the topology to an existing broker

Exchanges, quorum queues, bindings and policies are created or updated, then read back. Nothing is deleted.

  --url URL       of the management API: https://<host of the broker> on AWS, http://127.0.0.1:15672 here (required)
  --user NAME     a user with the tag administrator (required)
  --dry-run       prints the changes without making them (default: off)
  --json          prints {"dryRun", "steps"} on standard output (default: off)
  -c name=value   a setting of the deployment; may be repeated: stage, rabbitmqVhost, rabbitmqMessageTtlSeconds,
                  rabbitmqQueueLength, rabbitmqRetryDelaysSeconds
  --help, -h      prints this text

The password is read from the environment variable RABBITMQ_PASSWORD.

Example:  npm run rabbitmq:topology -- --url https://b-….mq.us-east-1.on.aws --user admin -c rabbitmqVhost=prod --dry-run

Exit code: 0 when the topology exists, 1 when it could not be applied, 3 for a wrong flag or setting.
`;

interface Options {
  readonly url: string;
  readonly user: string;
  readonly settings: Settings;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** The command `npm run rabbitmq:topology`. Resolves to its exit code. */
export async function reconcileTopology(
  args: readonly string[],
  environment: TopologyEnvironment,
): Promise<number> {
  try {
    const options = readArguments(args);
    if (options === undefined) {
      environment.write(HELP);
      return 0;
    }
    const steps = await reconcile(options, environment);
    if (options.json)
      environment.write(`${printableJson(JSON.stringify({ dryRun: options.dryRun, steps }, null, 2))}\n`);
    else if (steps.length === 0) environment.write("the topology exists\n");
    return 0;
  } catch (error) {
    const isUsage = error instanceof SettingError;
    const text = error instanceof ManagementError || isUsage ? error.message : String(error);
    environment.writeError(isUsage ? `${text}\n\n${HELP}\n` : `${text}\n`);
    return isUsage ? 3 : 1;
  }
}

async function reconcile(
  { url, user, settings, dryRun, json }: Options,
  environment: TopologyEnvironment,
): Promise<readonly TopologyStep[]> {
  const { password } = environment;
  if (password === undefined || password === "")
    throw new SettingError("RABBITMQ_PASSWORD, the password of the user, is missing in the environment.");
  const management = environment.management({ url, username: user, password, vhost: settings.rabbitmqVhost });
  const wanted = rabbitTopology(settings);
  const print = (step: TopologyStep, done: boolean) => {
    if (!json) environment.write(`${describeTopologyStep(step, done)}\n`);
  };
  if (!dryRun) {
    await management.putVhost();
    return applyTopology(management, wanted, (step) => print(step, true));
  }
  const steps = planTopology(wanted, await findTopology(management));
  refuseConflicts(steps);
  for (const step of steps) print(step, false);
  return steps;
}

/** Undefined for `--help`. Throws `SettingError`. */
function readArguments(args: readonly string[]): Options | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const { url, user } = values;
  if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new SettingError("--url is required: http:// or https:// of the management API.");
  if (new URL(url).username !== "")
    throw new SettingError("--url takes no login: give --user, and the password in RABBITMQ_PASSWORD.");
  if (user === undefined || user === "") throw new SettingError("--user is required.");
  const settings = readSettings({ ...pairsOf(values.context), backbones: "queues,rabbitmq" });
  return { url, user, settings, dryRun: values["dry-run"], json: values.json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        user: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        context: { type: "string", short: "c", multiple: true, default: [] as string[] },
      },
    });
  } catch (cause) {
    throw new SettingError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
