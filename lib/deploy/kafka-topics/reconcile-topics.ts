import { parseArgs } from "node:util";
import { readSettings } from "../../config.ts";
import { credentialAdvice, isRefusedCredential } from "../../operator/target/credential-advice.ts";
import { KAFKA_RULES } from "../../settings/kafka-settings.ts";
import { pairsOf, readSetting, SettingError } from "../../settings/read-setting.ts";
import { wantedTopics } from "../../settings/wanted-topics.ts";
import { printableJson } from "../../terminal-text.ts";
import { ClusterError, type Msk } from "./msk.ts";
import { changes, describeStep, planTopics, type Step } from "./topic-plan.ts";

export interface TopicsEnvironment {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly msk: (clusterArn: string) => Msk;
}

const HELP = `npm run kafka:topics -- --cluster <arn> [flags]: creates or updates the topics on an existing MSK cluster

Topics are never deleted, and partitions are never removed.

  --cluster ARN   ARN of a provisioned cluster, as aws kafka list-clusters-v2 lists it (required)
  --dry-run       prints the changes without making them (default: off)
  --json          prints {"dryRun", "steps"} on standard output (default: off)
  -c name=value   a setting of the deployment; may be repeated. The names of the topics are <stage>-order-events and
                  <stage>-order-events-dlt, from -c stage (default dev). kafkaPartitions and kafkaRetentionHours apply.
  --help, -h      prints this text

Example:  npm run kafka:topics -- --cluster arn:aws:kafka:…:cluster/shop/… -c stage=prod --dry-run

IAM permissions on the cluster:
  kafka:          DescribeClusterV2, ListTopics, DescribeTopic, CreateTopic, UpdateTopic
  kafka-cluster:  Connect, DescribeTopic, DescribeTopicDynamicConfiguration, CreateTopic, AlterTopic,
                  AlterTopicDynamicConfiguration

Exit code: 0 when the topics are up to date, 1 when they could not be updated, 3 for a wrong flag or setting.
`;

/** The command `npm run kafka:topics`. Resolves to its exit code. */
export async function reconcileTopics(
  args: readonly string[],
  environment: TopicsEnvironment,
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
    return 0;
  } catch (error) {
    const usage = error instanceof SettingError;
    environment.writeError(`${usage ? `${error.message}\n\n${HELP}` : explain(error)}\n`);
    return usage ? 3 : 1;
  }
}

async function reconcile(options: TopicsOptions, environment: TopicsEnvironment): Promise<readonly Step[]> {
  const { clusterArn, settings, dryRun, json } = options;
  const cluster = environment.msk(clusterArn);
  const wanted = wantedTopics({
    ...settings,
    kafkaClusterArn: clusterArn,
    brokerCount: await cluster.brokers(),
  });
  const steps = planTopics(wanted, await cluster.topics(wanted.map(({ name }) => name)));
  for (const step of steps) {
    if (!dryRun) {
      if (changes(step)) environment.writeError(`${describeStep(step, false).replace("would ", "")} …\n`);
      await cluster.apply(step);
    }
    if (!json) environment.write(`${describeStep(step, !dryRun)}\n`);
  }
  return steps;
}

interface TopicsOptions {
  readonly clusterArn: string;
  readonly settings: ReturnType<typeof readSettings>;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Undefined for `--help`. Throws `SettingError`. */
function readArguments(args: readonly string[]): TopicsOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  if (values.cluster === undefined)
    throw new SettingError("--cluster is required: the ARN of a provisioned MSK cluster.");
  const clusterArn = String(readSetting("--cluster", KAFKA_RULES.kafkaClusterArn, values.cluster));
  if (clusterArn === "")
    throw new SettingError("--cluster takes the ARN of a provisioned MSK cluster; received nothing.");
  const settings = readSettings({ ...pairsOf(values.context), backbones: "queues,kafka" });
  return { clusterArn, settings, dryRun: values["dry-run"], json: values.json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        cluster: { type: "string" },
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

/** The message for an error of MSK, with the remedy. */
function explain(error: unknown): string {
  if (error instanceof ClusterError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (isRefusedCredential(error)) return credentialAdvice(undefined, error).message;
  switch (error.name) {
    case "NotFoundException":
      return `MSK does not find the cluster: ${error.message} List the clusters of a region:  aws kafka list-clusters-v2`;
    case "ForbiddenException":
    case "AccessDeniedException":
    case "UnauthorizedException":
      return `The credentials lack a permission: ${error.message} --help lists the required permissions.`;
    case "ClusterConnectivityException":
      return `MSK does not reach the brokers: ${error.message} The topic API needs Kafka 3.6 or later and IAM access control.`;
    case "BadRequestException":
      return `MSK rejected the request: ${error.message} The topic API needs a provisioned cluster with Kafka 3.6 or later.`;
    default:
      return `${error.name}: ${error.message}`;
  }
}
