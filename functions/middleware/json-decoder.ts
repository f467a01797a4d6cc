import type { MessageFacts } from "./failure-log.ts";
import { describeSchemaError, escapeKey, jsonFault, reasonOf, type Validate } from "./json-faults.ts";
import type { DecodedText } from "./transport.ts";

/** The part of Standard Schema that is used; zod, valibot, arktype and others implement it. https://standardschema.dev */
export interface StandardSchema<Message> {
  readonly "~standard": {
    readonly validate: (value: unknown) => StandardResult<Message> | Promise<StandardResult<Message>>;
  };
}

type StandardResult<Message> =
  | { readonly value: Message; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export interface JsonDecoderOptions<Message> {
  /** A Standard Schema, or a validator that ajv compiled. It MUST validate synchronously. */
  readonly schema: StandardSchema<Message> | Validate<Message>;
  /** From a closed set, because it becomes a metric dimension. */
  readonly type: (message: Message) => string;
  readonly eventId?: (message: Message) => string;
  /** Messages of one lane are handled in sequence where the transport itself keeps no order. */
  readonly lane?: (message: Message) => string;
  /** Further facts to store of a message that fails. */
  readonly facts?: (message: Message) => Partial<MessageFacts>;
}

/**
 * Decodes a message from JSON text. It is `malformed` where the text is not JSON (`MALFORMED_JSON`), holds a forbidden key
 * (`BAD_ENCODING`), is ambiguous or does not match the schema (`INVALID_EVENT`). Details hold no values, unless the schema's
 * own messages do.
 */
export function jsonDecoder<Message>(
  options: JsonDecoderOptions<Message>,
): (text: string) => DecodedText<Message> {
  const { schema, type, eventId, lane, facts } = options;
  const check = "~standard" in schema ? (value: unknown) => standardCheck(schema, value) : ajvCheck(schema);
  return (text) => {
    const value = parsed(text);
    if (value === undefined) return malformed("MALFORMED_JSON", "The body is not valid JSON.");
    const fault = jsonFault(text);
    if (fault !== undefined) return malformed(reasonOf(fault), fault.detail);
    const checked = check(value);
    if ("detail" in checked) return malformed("INVALID_EVENT", checked.detail);
    const { message } = checked;
    return {
      kind: "message",
      message,
      type: type(message),
      ...(lane && { lane: lane(message) }),
      ...(eventId && { eventId: eventId(message) }),
      ...(facts && { facts: facts(message) }),
    };
  };
}

type Checked<Message> = { readonly message: Message } | { readonly detail: string };

function standardCheck<Message>(schema: StandardSchema<Message>, value: unknown): Checked<Message> {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise)
    throw new TypeError("The schema validates asynchronously; jsonDecoder cannot wait.");
  if (result.issues === undefined) return { message: result.value };
  const [issue] = result.issues;
  const keys = (issue?.path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
  const pointer = keys.map((key) => `/${escapeKey(key)}`).join("");
  return { detail: `${pointer === "" ? "The body" : pointer}: ${issue?.message ?? "not valid"}` };
}

function ajvCheck<Message>(isValid: Validate<Message>): (value: unknown) => Checked<Message> {
  return (value) =>
    isValid(value) ? { message: value } : { detail: describeSchemaError(isValid.errors?.[0]).detail };
}

/** The value of a JSON text; `undefined` where it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed(reason: "MALFORMED_JSON" | "BAD_ENCODING" | "INVALID_EVENT", detail: string) {
  return { kind: "malformed", reason, detail } as const;
}
