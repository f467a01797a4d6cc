import { parseArgs } from "node:util";
import { readSettings } from "../../config.ts";
import { credentialAdvice, isRefusedCredential } from "../../operator/target/credential-advice.ts";
import { KAFKA_RULES } from "../../settings/kafka-settings.ts";
import { readSetting, SettingError } from "../../settings/read-setting.ts";
import { wantedTopics } from "../../settings/wanted-topics.ts";
import { ClusterError, type Msk } from "./msk.ts";
import { changes, describeStep, planTopics, type Step } from "./topic-plan.ts";

export interface TopicsEnvironment {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly msk: (clusterArn: string) => Msk;
}

const HELP = `npm run kafka:topics -- --cluster <arn> [--dry-run] [--json] [-c name=value …]

Makes the topics of order-events on an MSK cluster that is there already, or brings them up to the settings.
Nothing is deleted and no partitions are taken away. Needs kafka:DescribeClusterV2, kafka:ListTopics,
kafka:DescribeTopic, kafka:CreateTopic and kafka:UpdateTopic on the cluster, and of kafka-cluster: Connect,
DescribeTopic, DescribeTopicDynamicConfiguration, CreateTopic, AlterTopic and AlterTopicDynamicConfiguration.

  --cluster   the ARN of a provisioned cluster: aws kafka list-clusters-v2
  --dry-run   says what would be done
  --json      answers {"dryRun", "steps"} on standard output
  -c          a setting as for the deployment: stage (whose topics: <stage>-order-events and -dlt), kafkaPartitions,
              kafkaRetentionHours
`;

/** Reconciles topics by command line. Exit code: 0 when they are as wanted or were made so, 1 when not, 3 for a wrong command. */
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
    if (options.json) environment.write(`${JSON.stringify({ dryRun: options.dryRun, steps }, null, 2)}\n`);
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

/** Undefined: somebody options for help. Throws `SettingError`. */
function readArguments(args: readonly string[]): TopicsOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  if (values.cluster === undefined)
    throw new SettingError("Which cluster? --cluster takes the ARN of a provisioned MSK cluster.");
  const clusterArn = String(readSetting("--cluster", KAFKA_RULES.kafkaClusterArn, values.cluster));
  if (clusterArn === "")
    throw new SettingError("--cluster takes the ARN of a provisioned MSK cluster; received nothing.");
  const context = values.context.map((each): [string, string] => {
    const at = each.indexOf("=");
    if (at < 1) throw new SettingError(`-c takes name=value; received "${each}".`);
    return [each.slice(0, at), each.slice(at + 1)];
  });
  const settings = readSettings({ ...Object.fromEntries(context), kafka: true });
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

/** What MSK refuses, in words that say what to do. */
function explain(error: unknown): string {
  if (error instanceof ClusterError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (isRefusedCredential(error)) return credentialAdvice(undefined, error).message;
  switch (error.name) {
    case "NotFoundException":
      return `MSK does not know the cluster: ${error.message} Those of a region are listed by:  aws kafka list-clusters-v2`;
    case "ForbiddenException":
    case "AccessDeniedException":
    case "UnauthorizedException":
      return `The credentials may not do this: ${error.message} What is needed is said by --help.`;
    case "ClusterConnectivityException":
      return `MSK does not reach the brokers: ${error.message} Topics by interface need Kafka 3.6 or later and IAM access control.`;
    case "BadRequestException":
      return `MSK refuses: ${error.message} Topics by interface need a provisioned cluster of Kafka 3.6 or later.`;
    default:
      return `${error.name}: ${error.message}`;
  }
}
