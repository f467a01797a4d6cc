import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
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
}

/**
 * The one operation of SES v2 that the functions call: SendEmail with simple content.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
export async function startMail(options: MailOptions): Promise<MailService> {
  const server = createServer((incoming, outgoing) => {
    if (refusesForeign(incoming, outgoing)) return;
    answer(incoming, options).then(
      (reply) => send(outgoing, reply),
      () => send(outgoing, failure(500, "InternalFailure", "the mailbox could not be written")),
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

async function answer(incoming: IncomingMessage, { mailbox, clock, fails }: MailOptions): Promise<Reply> {
  const body = await readBody(incoming);
  if (incoming.method !== "POST" || incoming.url !== "/v2/email/outbound-emails") {
    return failure(404, "NotFoundException", "the emulator supports SendEmail only");
  }
  if (fails()) return failure(500, "InternalFailure", "mail is broken on this emulator");
  let mail: Mail;
  try {
    mail = toMail(JSON.parse(String(body)), randomUUID(), clock.now());
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
