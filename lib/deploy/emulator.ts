import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { STAGES } from "../config.ts";
import { runWell } from "./child.ts";
import { step } from "./steps.ts";

/** An emulator of AWS that is up. */
export interface Emulator {
  readonly name: string;
  /** Where every service answers, without a trailing slash. */
  readonly endpoint: string;
  /** False where it has no SES of version 2: then no mail is sent, as in a deployment without a sender. */
  readonly hasMail: boolean;
}

const CDK = "node_modules/.bin/cdk";
const REGION = "us-east-1";
/** Emulators take any credentials. */
const KEYS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const ACCOUNT = "000000000000";
/** The stacks as they are, with the short waits of one machine. */
const STAGE = "local";

/** The environment in which AWS programs talk to the emulator and to nothing else. */
export function emulatorEnvironment({ endpoint }: Emulator): NodeJS.ProcessEnv {
  // A profile would win over the keys, and bring its own addresses.
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...rest } = process.env;
  return {
    ...rest,
    ...KEYS,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    CDK_DISABLE_CLI_TELEMETRY: "1",
  };
}

/** Synthesizes once, then makes the account ready for the toolkit, deploys all stacks and verifies the mails' sender. */
export async function deployToEmulator(emulator: Emulator): Promise<void> {
  const env = emulatorEnvironment(emulator);
  const assembly = assemblyOf(emulator);
  await step("cdk synth", () =>
    runWell(CDK, ["synth", "--quiet", ...settingsFor(emulator), "-o", assembly], { env }),
  );
  await step("cdk bootstrap", () =>
    runWell(CDK, ["bootstrap", `aws://${ACCOUNT}/${REGION}`, "--app", assembly], { env }),
  );
  await step("cdk deploy --all", () =>
    runWell(CDK, ["deploy", "--all", "--require-approval", "never", "--app", assembly], { env }),
  );
  if (!emulator.hasMail) return;
  await step("verify the sender of mails", () => verifySender(emulator));
}

export async function destroyInEmulator(emulator: Emulator): Promise<void> {
  const env = emulatorEnvironment(emulator);
  await step("cdk destroy --all", () =>
    runWell(CDK, ["destroy", "--all", "--force", "--app", assemblyOf(emulator)], { env }),
  );
}

const settingsFor = ({ hasMail }: Emulator) => [
  "-c",
  `stage=${STAGE}`,
  ...(hasMail ? [] : ["-c", "mailSender="]),
];

/** A folder of its own: two toolkits cannot write one assembly at the same time. */
const assemblyOf = ({ name }: Emulator) => `.cache/cdk.out.${name}`;

/** An account's sender clicks a link in a mail; an emulator takes our word. */
async function verifySender({ endpoint }: Emulator): Promise<void> {
  const EmailIdentity = STAGES[STAGE]?.mailSender;
  const credentials = { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY };
  const ses = new SESv2Client({ endpoint, region: REGION, credentials });
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity })).catch((error: unknown) => {
    // Deployed again.
    if (!(error instanceof Error && error.name === "AlreadyExistsException")) throw error;
  });
  ses.destroy();
}
