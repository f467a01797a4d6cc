/**
 * Patterns of the schemas, each with its rule in words: a caller reads the rule, never the expression. Free of TypeBox,
 * because it is bundled.
 */
import { LIMITS } from "./limits.ts";

interface Pattern {
  readonly pattern: string;
  /** What the value must be: the rest of a sentence that begins with "must". */
  readonly rule: string;
}

const WORD = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*";

export const PATTERNS = {
  sku: nameOf(LIMITS.skuLength),
  customerId: nameOf(LIMITS.customerIdLength),
  /** 26 characters of Crockford's base32: 128 bits. */
  orderId: {
    pattern: "^[0-9A-HJKMNP-TV-Z]{26}$",
    rule: "be 26 digits or capital letters other than I, L, O and U",
  },
  currency: { pattern: "^[A-Z]{3}$", rule: "be 3 capital letters, as in EUR" },
  /**
   * Words of printable ASCII with single dots between them, and a domain with a dot, as mail providers accept. No
   * character has a meaning in a header or can break a line.
   */
  email: {
    pattern: `^(?=.{1,${LIMITS.emailLength}}$)${WORD}(?:\\.${WORD})*@(?:${LABEL}\\.)+${LABEL}$`,
    rule: `be one e-mail address of at most ${LIMITS.emailLength} ASCII characters, without a name, quotes or spaces`,
  },
  /** RFC 3339 in UTC. A day that no month has is refused. */
  time: {
    pattern:
      "^\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|[12]\\d))T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?Z$",
    rule: "be a time in UTC, as in 2026-01-31T12:00:00Z",
  },
  dataschema: {
    pattern: "^urn:order-events:order:1(?:\\.\\d+)?$",
    rule: "be urn:order-events:order:1 or a minor version of it",
  },
  fingerprint: { pattern: "^[0-9a-f]{12}$", rule: "be 12 digits or letters from a to f" },
  jobId: { pattern: "^[\\w-]{1,64}$", rule: "be the id of a job" },
  consumer: {
    pattern: "^[a-z][a-z0-9-]{0,63}$",
    rule: "be the name of a consumer: lower-case letters, digits and dashes, starting with a letter",
  },
  cursor: {
    pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z~[\\w.:~-]{1,512}$",
    rule: "be the cursor of an earlier response",
  },
  why: {
    pattern: "^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$",
    rule: "be one line of text without control characters, and not only spaces",
  },
} as const satisfies Record<string, Pattern>;

const RULES = new Map(Object.values(PATTERNS).map(({ pattern, rule }: Pattern) => [pattern, rule]));

/** The rule of a pattern in words. */
export function ruleOf(pattern: unknown): string | undefined {
  return RULES.get(String(pattern));
}

function nameOf(length: number): Pattern {
  return {
    pattern: `^[A-Za-z0-9][A-Za-z0-9._-]{0,${length - 1}}$`,
    rule: `be 1 to ${length} letters, digits, dots, dashes or underscores, and start with a letter or digit`,
  };
}
