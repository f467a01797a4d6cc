import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { AwsCall, AwsService, Refusal } from "./aws-call.ts";
import type { CallChecks } from "./call-checks.ts";

export interface RefusalResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const escaped = (text: string): string =>
  text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);

const xml = (body: string) => ({ headers: { "content-type": "text/xml" }, body });

/** A refusal in the protocol of the service, so that the SDK throws the same error as in AWS. */
export function refusalResponse(service: AwsService, refusal: Refusal): RefusalResponse {
  const { status, code, message } = refusal;
  switch (service) {
    case "sns": {
      const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
      const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";
      const id = `<RequestId>${randomUUID()}</RequestId>`;
      return { status, ...xml(`<ErrorResponse xmlns="${namespace}">${error}${id}</ErrorResponse>`) };
    }
    case "s3":
      return {
        status,
        ...xml(
          `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message>` +
            `<RequestId>${randomUUID()}</RequestId></Error>`,
        ),
      };
    case "sqs":
      // The clients of SQS take the name of the error from this header, as in its former protocol.
      return json(refusal, { "x-amzn-query-error": `${code};Sender` });
    default:
      return json(refusal, { "x-amzn-errortype": code });
  }
}

const json = ({ status, code, message, details }: Refusal, headers: Readonly<Record<string, string>>) => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0", ...headers },
  body: JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message, Message: message, ...details }),
});

/** True for a call that a check refuses, which is then answered. */
export async function isRefused(
  calls: CallChecks,
  call: AwsCall,
  outgoing: ServerResponse,
): Promise<boolean> {
  const decision = calls.refusalOf(call);
  const refusal = decision instanceof Promise ? await decision : decision;
  if (refusal === undefined) return false;
  const { status, headers, body } = refusalResponse(call.service, refusal);
  outgoing.writeHead(status, headers).end(body);
  return true;
}
