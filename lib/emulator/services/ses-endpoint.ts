import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { accessKeyOf, jsonInput } from "../calls/aws-call.ts";
import { type CallChecks, createCallChecks } from "../calls/call-checks.ts";
import { isRefused } from "../calls/refusal-response.ts";
import { refusesForeign } from "../foreign-requests.ts";
import { readBody } from "../gateway/serve-api.ts";
import type { Clock } from "../types.ts";
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
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the system gave the mail service no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
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
  const call = {
    service: "ses",
    operation: "SendEmail",
    accessKeyId: accessKeyOf(incoming.headers.authorization),
    input: jsonInput(body ?? ""),
    onEnd: (listener: () => void) => void outgoing.once("close", listener),
  } as const;
  if (!(await isRefused(options.calls ?? createCallChecks(), call, outgoing)))
    send(outgoing, answer(String(body), options));
}

function answer(body: string, { mailbox, clock, fails }: MailOptions): Reply {
  if (fails()) return failure(500, "InternalFailure", "mail is broken on this emulator");
  let mail: Mail;
  try {
    mail = toMail(JSON.parse(body), randomUUID(), clock.now());
  } catch (error) {
    return failure(400, "BadRequestException", error instanceof Error ? error.message : String(error));
  }
  if (mail.to.some((address) => address.toLowerCase().endsWith(`@${REFUSED_DOMAIN}`))) {
    return failure(400, "MessageRejected", "Email address is not verified.");
  }
  mailbox.add(mail);
  return { status: 200, body: { MessageId: mail.id } };
}

function send(outgoing: ServerResponse, { status, errorType, body }: Reply): void {
  outgoing.writeHead(status, {
    "Content-Type": "application/json",
    ...(errorType === undefined ? {} : { "x-amzn-ErrorType": errorType }),
  });
  outgoing.end(JSON.stringify(body));
}
