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

/** The text of an attribute of the type String. Any other type is `undefined`: those of retries and redrives are strings. */
export function textOf(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === "string" ? value : undefined;
}

export function isBinary({ type }: TypedValue): boolean {
  return type === "Binary" || type.startsWith("Binary.");
}

/** A header of Kafka as it stood in its record; `null` is a header without a value. */
export type HeaderValue = AttributeValue | null;

/** The type of an attribute that stands for several headers of one name, or for one without a value: a JSON list. */
const HEADER_LIST = "String.headers";
/** The type of a value of which only length and hash are stored: it never travels. */
export const OMITTED = "Omitted";

/** The name of an attribute with the names of the headers that a row has no room for, as a JSON list. */
export const OMITTED_HEADERS = "(omitted headers)";

/** The attribute for the headers of one name, in their order. Where a value was omitted, the attribute does not travel. */
export function attributeOf(values: readonly HeaderValue[]): AttributeValue {
  const [first] = values;
  if (values.length === 1 && first !== undefined && first !== null) return first;
  const isComplete = values.every((value) => typeof value !== "object" || value?.type !== OMITTED);
  return { type: isComplete ? HEADER_LIST : OMITTED, value: JSON.stringify(values) };
}

/** The headers that an attribute stands for. Any attribute that is no list of headers stands for one. */
export function headersOfAttribute(attribute: AttributeValue): readonly HeaderValue[] {
  if (typeof attribute === "string" || attribute.type !== HEADER_LIST) return [attribute];
  try {
    const values: unknown = JSON.parse(attribute.value);
    return Array.isArray(values) && values.length > 0 && values.every(isHeaderValue) ? values : [attribute];
  } catch {
    return [attribute];
  }
}

function isHeaderValue(value: unknown): value is HeaderValue {
  if (typeof value === "string" || value === null) return true;
  const { type, value: text } = (value ?? {}) as Partial<Record<keyof TypedValue, unknown>>;
  return typeof type === "string" && typeof text === "string";
}
