import type { TargetKind } from "./target.ts";

/** A difference of a target from AWS, or state that the suite cannot read there. */
export interface Difference {
  readonly target: Exclude<TargetKind, "emulator">;
  /** The difference, as a sentence. */
  readonly what: string;
  /** Its cause: the target's code or documentation, or a missing requirement. */
  readonly reason: string;
  /** Starts of the titles of skipped cases, without ids. */
  readonly cases: readonly string[];
}

const NEEDS_MAILS = [
  "sends its customer one mail",
  "accepts a REJECTED order and leaves the stock unchanged",
  "each of an order's mails is sent once",
  "ten concurrent duplicates of an event send no second mail",
  "the address is in the order row and the mail, and nowhere else",
];

const NEEDS_NOTIFICATIONS = [
  "notify-customer parks the event of an order that is in no table",
  "of notify-customer is redriven to its queue",
  "a message that fails five times after its third retry",
];

/** Bodies that are JSON, and no event with an id: the key of their failed message is a hash of the body. */
const NEEDS_BODIES = [
  "a list",
  "a key that changes prototypes",
  "an SNS envelope",
  "an unknown type",
  "version 999",
  "version 0",
  "an object that is not an event",
  "no id",
  "an id that is a number",
  "an id of 10 KB",
  "an id of another order",
  "a subject that is not an order id",
  "30 February",
  "no lines",
  "quantity ",
];

export const DIFFERENCES: readonly Difference[] = [
  {
    target: "ministack",
    what: "The id in a problem's body is not the one in the header `x-amzn-RequestId`.",
    reason: "MiniStack 1.5.33 gives the function one id and its own answer another.",
    cases: ["and responds with the gateway's request id"],
  },
  {
    target: "ministack",
    what: "A `%2F` inside a path parameter separates segments, so such an address is answered 403.",
    reason: "MiniStack 1.5.33 decodes the path before it looks for the route.",
    cases: ["a path as the SKU in the address"],
  },
  {
    target: "ministack",
    what: "A stream record that the publisher reports as failed is not redelivered; nothing is bisected.",
    reason:
      "Its stream mappings do not read `batchItemFailures`, and take no S3 bucket as their destination.",
    cases: [],
  },
  {
    target: "ministack",
    what: "A message that SNS could not deliver does not reach the subscription's dead-letter queue.",
    reason: "The subscription's redrive policy is kept and never looked at.",
    cases: [],
  },
  {
    target: "ministack",
    what: "Alarms on the project's own metrics never go off; the alarms exist.",
    reason: "EMF lines stay log lines.",
    cases: [],
  },
  {
    target: "ministack",
    what: "IAM permissions are not checked, except that requests to the API are signed.",
    reason:
      "`AUTH=true` checks them, but the topic's and bucket's TLS-only policies then refuse its plain HTTP. The local emulator checks them.",
    cases: [],
  },
  {
    target: "localstack",
    what: "No mail is sent: it is deployed without a sender, so notify-customer ignores each event and parks none.",
    reason: "The release without a token, 4.14.0, has SES of version 1 only.",
    cases: [...NEEDS_MAILS, ...NEEDS_NOTIFICATIONS],
  },
  {
    target: "localstack",
    what: "A function gets a JSON body with other spaces and escapes than it was sent with.",
    reason:
      "For filters, its poller parses the body of each message and serializes it again (`sqs_poller.py` of 4.14.0).",
    cases: NEEDS_BODIES,
  },
  {
    target: "localstack",
    what: "A request of an unknown address or method is answered 403 without a problem.",
    reason: "`GatewayResponses` are ignored for the API's own 403.",
    cases: ["an unknown address: 403", "an unknown method: 403"],
  },
  {
    target: "localstack",
    what: "Functions log to `/aws/lambda/<name>` instead of the log group that their stack names.",
    reason: "The `LoggingConfig` of a function is kept and never looked at.",
    cases: [],
  },
  {
    target: "localstack",
    what: "Alarms on the project's own metrics never go off; the alarms exist.",
    reason: "EMF lines stay log lines, and there is no `AWS::Logs::MetricFilter`.",
    cases: [],
  },
  {
    target: "localstack",
    what: "IAM permissions are not checked.",
    reason: "Enforcing IAM is not in the release without a token. The local emulator checks permissions.",
    cases: [],
  },
  {
    target: "aws",
    what: "Sent mails cannot be read.",
    reason: "SES keeps none.",
    cases: NEEDS_MAILS,
  },
];

/** The reason that the cases of the folder `emulator` run on the local emulator only. */
export const EMULATOR_ONLY =
  "They break tables, the topic, the mail or the process itself, or start it with other settings, which only the emulator offers.";

/** The reason to skip a case on a target; undefined where it runs. `title` is without its groups. */
export function skippedBecause(target: TargetKind, title: string): string | undefined {
  return DIFFERENCES.find(
    (each) => each.target === target && each.cases.some((start) => isCase(title, start)),
  )?.reason;
}

/** Whether a title has this start after its ids of faults and invariants. */
export function isCase(title: string, start: string): boolean {
  return title.replace(/^[A-J]\d+(, [A-J]\d+)*: /, "").startsWith(start);
}

const NAMES = { ministack: "MiniStack", localstack: "LocalStack", aws: "AWS" } as const;

/** The differences as the table of README.md in this folder. */
export function differencesTable(): string {
  const rows = DIFFERENCES.map(
    ({ target, what, reason, cases }) =>
      `| ${NAMES[target]} | ${what} | ${reason} | ${cases.length === 0 ? "none" : cases.length} |`,
  );
  return ["| target | what is different | why | cases skipped |", "|---|---|---|---|", ...rows].join("\n");
}
