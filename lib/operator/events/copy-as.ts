/** The topic of the target. */
export interface EventTopic {
  readonly arn: string;
  readonly region: string;
  /** Of the emulator; absent: AWS. */
  readonly endpoint?: string;
}

/** Quotes a text for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Sends the event to the emulator at an address, or to the queue of one consumer. */
export function asCurl(url: string, body: string, to?: string): string {
  const sent = JSON.stringify(to === undefined ? { body } : { body, to });
  return `curl -sS ${quoted(`${url}/_emulator/events`)} -H 'Content-Type: application/json' -d ${quoted(sent)}`;
}

/** Publishes the event with the caller's own permission `sns:Publish`, which no role of the API has. */
export function asAwsPublish({ arn, region, endpoint }: EventTopic, body: string, type: string): string {
  const attributes = JSON.stringify({ type: { DataType: "String", StringValue: type } });
  return [
    "aws sns publish",
    `--region ${region}`,
    ...(endpoint === undefined ? [] : [`--endpoint-url ${quoted(endpoint)} --no-sign-request`]),
    `--topic-arn ${quoted(arn)}`,
    `--message ${quoted(body)}`,
    `--message-attributes ${quoted(attributes)}`,
  ].join(" ");
}
