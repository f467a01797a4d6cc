import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { STAGES } from "../config.ts";
import { physicalName } from "../constructs/resource-names.ts";
import { runOrThrow } from "./child.ts";
import { alterForBroker } from "./kafka-assembly.ts";
import { step } from "./steps.ts";

/** An emulator of AWS that is up. */
export interface Emulator {
  readonly name: string;
  /** Where every service answers, without a trailing slash. */
  readonly endpoint: string;
  /** False where it has no SES of version 2: then no mail is sent, as in a deployment without a sender. */
  readonly hasMail: boolean;
  /** A broker beside it; the Kafka stack is deployed, too, where there is one. */
  readonly kafka?: EmulatorKafka;
}

/** Addresses of one broker, comma-separated `host:port`. */
export interface EmulatorKafka {
  /** As the functions reach it. */
  readonly fromFunctions: string;
  /** As programs of this machine reach it. */
  readonly fromHere: string;
}

const CDK = "node_modules/.bin/cdk";
export const EMULATOR_REGION = "us-east-1";
/** Emulators take any credentials. */
export const EMULATOR_KEYS = { accessKeyId: "test", secretAccessKey: "test" } as const;
const ACCOUNT = "000000000000";
/** The stacks as they are, with the short waits of one machine. */
const STAGE = "local";
/**
 * Emulators know no resources of MSK: the stack is synthesized as for a cluster that is there already, which has none.
 * Both transports process every order.
 */
const KAFKA_SETTINGS = {
  kafka: "true",
  processing: "both",
  kafkaClusterArn: `arn:aws:kafka:${EMULATOR_REGION}:${ACCOUNT}:cluster/${physicalName(STAGE, "kafka")}/00000000-0000-0000-0000-000000000000-1`,
  kafkaSubnets: "subnet-00000000",
  kafkaSecurityGroup: "sg-00000000",
} as const;

/** The environment in which AWS programs talk to the emulator and to nothing else. */
export function emulatorEnvironment({ endpoint }: Emulator): NodeJS.ProcessEnv {
  // A profile would win over the keys, and bring its own addresses.
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

/** Synthesizes once, then makes the account ready for the toolkit, deploys all stacks and verifies the mails' sender. */
export async function deployToEmulator(emulator: Emulator): Promise<void> {
  const env = emulatorEnvironment(emulator);
  await step("cdk synth", () =>
    runOrThrow(CDK, ["synth", "--quiet", ...contextFor(emulator), "-o", assemblyOf(emulator)], { env }),
  );
  const assembly = deployedOf(emulator);
  const { kafka } = emulator;
  if (kafka !== undefined)
    await step("leave MSK out of the Kafka stack", () => removeMsk(emulator, kafka.fromFunctions));
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

/** What the stacks are synthesized with, beside the project's defaults. */
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

/** A folder of its own: two toolkits cannot write one assembly at the same time. */
export const assemblyOf = ({ name, kafka }: Emulator): string =>
  `.cache/cdk.out.${name}${kafka === undefined ? "" : "-kafka"}`;

/** What the toolkit deploys; with Kafka not quite what was synthesized. */
const deployedOf = (emulator: Emulator) =>
  emulator.kafka === undefined ? assemblyOf(emulator) : `${assemblyOf(emulator)}.deployed`;

async function removeMsk(emulator: Emulator, brokers: string): Promise<void> {
  const stack = physicalName(STAGE, "kafka");
  const [from, to] = [assemblyOf(emulator), deployedOf(emulator)];
  for (const change of await alterForBroker({ from, to, stack, brokers })) console.log(`   ${change}`);
}

/** An account's sender clicks a link in a mail; an emulator takes our word. */
async function verifySender({ endpoint }: Emulator): Promise<void> {
  const EmailIdentity = STAGES[STAGE]?.mailSender;
  const ses = new SESv2Client({ endpoint, region: EMULATOR_REGION, credentials: EMULATOR_KEYS });
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity })).catch((error: unknown) => {
    // Deployed again.
    if (!(error instanceof Error && error.name === "AlreadyExistsException")) throw error;
  });
  ses.destroy();
}
