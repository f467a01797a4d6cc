import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { STAGES } from "../../lib/config.ts";
import { physicalName } from "../../lib/constructs/resource-names.ts";
import { runOrThrow } from "../../lib/deploy/child.ts";
import { step } from "../../lib/deploy/steps.ts";
import { printLine } from "../../lib/terminal.ts";
import { alterForBroker } from "./kafka-assembly.ts";

/** A running emulator of AWS. */
export interface Emulator {
  readonly name: string;
  /** Endpoint of every service, without a trailing slash. */
  readonly endpoint: string;
  /** False without SES v2. No mail is sent then, as in a deployment without a sender. */
  readonly hasMail: boolean;
  /** A broker next to it. With a broker, the Kafka stack is deployed as well. */
  readonly kafka?: EmulatorKafka;
}

/** Addresses of one broker, comma-separated `host:port`. */
export interface EmulatorKafka {
  /** From inside the function containers. */
  readonly fromFunctions: string;
  /** From the host. */
  readonly fromHere: string;
}

const CDK = "node_modules/.bin/cdk";
export const EMULATOR_REGION = "us-east-1";
/** Emulators accept any credentials. */
export const EMULATOR_KEYS = { accessKeyId: "test", secretAccessKey: "test" } as const;
const ACCOUNT = "000000000000";
/** The unchanged stacks, with the short delays of the stage `local`. */
const STAGE = "local";
/**
 * Emulators have no MSK resources, so the stack is synthesized for an existing cluster, which creates none.
 * Both backbones process every order.
 */
const KAFKA_SETTINGS = {
  backbones: "queues,kafka",
  processing: "queues,kafka",
  kafkaClusterArn: `arn:aws:kafka:${EMULATOR_REGION}:${ACCOUNT}:cluster/${physicalName(STAGE, "kafka")}/00000000-0000-0000-0000-000000000000-1`,
  kafkaSubnets: "subnet-00000000",
  kafkaSecurityGroup: "sg-00000000",
} as const;

/** The environment in which AWS programs use the emulator only. */
export function emulatorEnvironment({ endpoint }: Emulator): NodeJS.ProcessEnv {
  // A profile takes precedence over the keys and may set other endpoints.
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...rest } = process.env;
  return {
    ...rest,
    AWS_ACCESS_KEY_ID: EMULATOR_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMULATOR_KEYS.secretAccessKey,
    AWS_REGION: EMULATOR_REGION,
    AWS_DEFAULT_REGION: EMULATOR_REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    CDK_DISABLE_CLI_TELEMETRY: "1",
  };
}

/** Synthesizes, bootstraps the account, deploys all stacks and verifies the sender of mails. */
export async function deployToEmulator(emulator: Emulator): Promise<void> {
  const env = emulatorEnvironment(emulator);
  await step("cdk synth", () =>
    runOrThrow(CDK, ["synth", "--quiet", ...contextFor(emulator), "-o", assemblyOf(emulator)], { env }),
  );
  const assembly = deployedOf(emulator);
  const { kafka } = emulator;
  if (kafka !== undefined)
    await step("remove MSK from the Kafka stack", () => removeMsk(emulator, kafka.fromFunctions));
  await step("cdk bootstrap", () =>
    runOrThrow(CDK, ["bootstrap", `aws://${ACCOUNT}/${EMULATOR_REGION}`, "--app", assembly], { env }),
  );
  await step("cdk deploy --all", () =>
    runOrThrow(CDK, ["deploy", "--all", "--require-approval", "never", "--app", assembly], { env }),
  );
  if (!emulator.hasMail) return;
  await step("verify the sender of mails", () => verifySender(emulator));
}

export async function destroyInEmulator(emulator: Emulator): Promise<void> {
  const env = emulatorEnvironment(emulator);
  await step("cdk destroy --all", () =>
    runOrThrow(CDK, ["destroy", "--all", "--force", "--app", deployedOf(emulator)], { env }),
  );
}

/** Settings of the synthesis that differ from the defaults. */
export const emulatorSettings = ({
  hasMail,
  kafka,
}: Pick<Emulator, "hasMail" | "kafka">): Readonly<Record<string, string>> => ({
  stage: STAGE,
  ...(hasMail ? {} : { mailSender: "" }),
  ...(kafka === undefined ? {} : KAFKA_SETTINGS),
});

const contextFor = (emulator: Emulator) =>
  Object.entries(emulatorSettings(emulator)).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** One folder per emulator: two CDK processes cannot write one assembly at the same time. */
export const assemblyOf = ({ name, kafka }: Emulator): string =>
  `.cache/cdk.out.${name}${kafka === undefined ? "" : "-kafka"}`;

/** The deployed assembly: with Kafka, an altered copy of the synthesized one. */
const deployedOf = (emulator: Emulator) =>
  emulator.kafka === undefined ? assemblyOf(emulator) : `${assemblyOf(emulator)}.deployed`;

async function removeMsk(emulator: Emulator, brokers: string): Promise<void> {
  const stack = physicalName(STAGE, "kafka");
  const [from, to] = [assemblyOf(emulator), deployedOf(emulator)];
  for (const change of await alterForBroker({ from, to, stack, brokers })) printLine(`   ${change}`);
}

/** In an account the owner of the address confirms it by mail; an emulator needs no confirmation. */
async function verifySender({ endpoint }: Emulator): Promise<void> {
  const EmailIdentity = STAGES[STAGE]?.mailSender;
  const ses = new SESv2Client({ endpoint, region: EMULATOR_REGION, credentials: EMULATOR_KEYS });
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity })).catch((error: unknown) => {
    // The identity exists after an earlier deployment.
    if (!(error instanceof Error && error.name === "AlreadyExistsException")) throw error;
  });
  ses.destroy();
}
