/** Text of the type String, or a value of another type. */
export type AttributeValue = string | TypedValue;

/**
 * `type` is the type of the transport (`Number`, `Binary`, `String.json`). The value is text, base64 where the type is
 * binary.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export interface TypedValue {
  readonly type: string;
  readonly value: string;
}

/** What travels beside the body of a message, by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The text of an attribute of the type String. Any other type is `undefined`: marks are strings. */
export function textOf(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === "string" ? value : undefined;
}

export function isBinary({ type }: TypedValue): boolean {
  return type === "Binary" || type.startsWith("Binary.");
}
