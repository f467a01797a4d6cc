import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { ConfigurationSetSpec } from "../assembly/model.ts";
import { isRecord, type Json, listAt, recordAt } from "../assembly/template-values.ts";
import { awsCallOf, jsonInput } from "../calls/aws-call.ts";
import { type CallChecks, createCallChecks } from "../calls/call-checks.ts";
import { isRefused } from "../calls/refusal-response.ts";
import { refusesForeign } from "../foreign-requests.ts";
import { listenOnLoopback } from "../loopback.ts";
import { readBody } from "../request-body.ts";
import type { Clock } from "../types.ts";
import { type MailOutcome, mailEvents, outcomeOf } from "./mail-simulator.ts";
import { type Mail, type Mailbox, toMail } from "./mailbox.ts";

/** Addresses of this domain are rejected permanently, like unverified addresses in SES. */
const REFUSED_DOMAIN = "refused.example";

export interface MailService {
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface MailOptions {
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  /** True while requests fail with a 500. Called for each request. */
  readonly fails: () => boolean;
  readonly calls?: CallChecks;
  /** Absent: none, and so every mail that names one is refused. */
  readonly configurationSets?: readonly ConfigurationSetSpec[];
  /** Publishes an event of a mail. MUST NOT reject. */
  readonly publish?: (topicArn: string, body: string) => Promise<void>;
  readonly region?: string;
}

/**
 * The one operation of SES v2 that the functions call: SendEmail with simple content.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
export async function startMail(options: MailOptions): Promise<MailService> {
  const server = createServer((incoming, outgoing) => {
    if (refusesForeign(incoming, outgoing)) return;
    receive(incoming, outgoing, options).catch(() =>
      send(outgoing, failure(500, "InternalFailure", "the mailbox could not be written")),
    );
  });
  return {
    endpoint: `http://${await listenOnLoopback(server)}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Reply {
  readonly status: number;
  readonly errorType?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const failure = (status: number, errorType: string, message: string): Reply => ({
  status,
  errorType,
  body: { message },
});

async function receive(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: MailOptions,
): Promise<void> {
  const body = await readBody(incoming);
  if (incoming.method !== "POST" || incoming.url !== "/v2/email/outbound-emails") {
    return send(outgoing, failure(404, "NotFoundException", "the emulator supports SendEmail only"));
  }
  const call = awsCallOf(incoming, outgoing, {
    service: "ses",
    operation: "SendEmail",
    input: jsonInput(body ?? ""),
  });
  if (!(await isRefused(options.calls ?? createCallChecks(), call, outgoing)))
    send(outgoing, answer(String(body), options));
}

function answer(body: string, options: MailOptions): Reply {
  const { mailbox, clock, fails, configurationSets = [] } = options;
  if (fails()) return failure(500, "InternalFailure", "mail is broken on this emulator");
  let mail: Mail;
  let request: Json;
  try {
    request = recordAt(JSON.parse(body), "SendEmail");
    const sent = toMail(request, randomUUID(), clock.now());
    mail = { ...sent, outcome: worstOf(sent.to.map(outcomeOf)) };
  } catch (error) {
    return failure(400, "BadRequestException", error instanceof Error ? error.message : String(error));
  }
  const name = request["ConfigurationSetName"];
  const set = configurationSets.find((each) => each.name === name);
  if (name !== undefined && set === undefined)
    return failure(404, "NotFoundException", `Configuration set <${String(name)}> does not exist.`);
  if (mail.to.some((address) => address.toLowerCase().endsWith(`@${REFUSED_DOMAIN}`))) {
    return failure(400, "MessageRejected", "Email address is not verified.");
  }
  mailbox.add(mail);
  if (set !== undefined) void publishEvents(mail, set, request, options);
  return { status: 200, body: { MessageId: mail.id } };
}

/** In their order, each to every destination of its type. */
async function publishEvents(
  mail: Mail,
  { name, destinations }: ConfigurationSetSpec,
  request: Json,
  { publish = async () => {}, region = "" }: MailOptions,
): Promise<void> {
  const given = listAt(request["EmailTags"], "EmailTags").filter(isRecord);
  const tags = Object.fromEntries(given.map(({ Name, Value }) => [String(Name), [String(Value)]]));
  for (const { type, body } of mailEvents(mail, { configurationSet: name, tags, region }))
    for (const { topicArn, types } of destinations)
      if (types.includes(type)) await publish(topicArn, JSON.stringify(body));
}

const worstOf = (outcomes: readonly MailOutcome[]): MailOutcome =>
  outcomes.find((outcome) => outcome !== "delivered") ?? "delivered";

function send(outgoing: ServerResponse, { status, errorType, body }: Reply): void {
  outgoing.writeHead(status, {
    "Content-Type": "application/json",
    ...(errorType === undefined ? {} : { "x-amzn-ErrorType": errorType }),
  });
  outgoing.end(JSON.stringify(body));
}
