import type { ProblemCode } from "../../functions/contract/errors.ts";
import { LIMITS } from "../../functions/contract/limits.ts";

/** A request that has to be refused, with its response. The body is sent unchanged. */
export interface Refusal {
  readonly what: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly status: number;
  readonly code: ProblemCode;
  readonly pointer?: string;
}

/** Part of values that no response may contain. */
export const CANARY = "canary.5d02@example.com";

const ORDER = {
  customerId: "ada",
  contact: { email: CANARY },
  currency: "EUR",
  lines: [{ sku: "tea", quantity: 1, unitPrice: 450 }],
};
const TEXT = JSON.stringify(ORDER);
const LINE = ORDER.lines[0];

const invalid = (what: string, body: string, pointer?: string): Refusal => ({
  what,
  body,
  status: 400,
  code: "INVALID_REQUEST",
  ...(pointer === undefined ? {} : { pointer }),
});
const malformed = (what: string, body: string): Refusal => ({
  what,
  body,
  status: 400,
  code: "MALFORMED_JSON",
});
const order = (change: object) => JSON.stringify({ ...ORDER, ...change });
const withLine = (change: object) => order({ lines: [{ ...LINE, ...change }] });
const quantity = (text: string) => TEXT.replace('"quantity":1', `"quantity":${text}`);
const key = (what: string, value: string | undefined, code: ProblemCode): Refusal => ({
  what,
  body: TEXT,
  headers: value === undefined ? {} : { "Idempotency-Key": value },
  status: 400,
  code,
});
const skus = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ sku: `s-${index}`, quantity: 1, unitPrice: 1 }));

const BODIES: readonly Refusal[] = [
  malformed("an empty body", ""),
  malformed("text", "hello"),
  malformed("G1: truncated JSON", TEXT.slice(0, -1)),
  malformed("trailing garbage", `${TEXT}}`),
  malformed("G1: a byte order mark", `\uFEFF${TEXT}`),
  malformed("a NUL", `${TEXT}\0`),
  invalid("null", "null", ""),
  invalid("a list", `[${TEXT}]`, ""),
  invalid("a number", "42", ""),
  invalid("no fields", "{}", "/customerId"),
  invalid("an unknown field", order({ colour: "green" }), "/colour"),
  invalid("a status set by the client", order({ status: "CONFIRMED" }), "/status"),
  invalid("a version set by the client", order({ version: 7 }), "/version"),
  invalid("an unknown field of a line", withLine({ discount: 1 }), "/lines/0/discount"),
  invalid("G6: __proto__", TEXT.replace("{", '{"__proto__":{"status":"CONFIRMED"},')),
  invalid("G6: a key twice", TEXT.replace("{", '{"currency":"USD",')),
  {
    ...invalid("G6: deep nesting", order({ contact: JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`) })),
    code: "MALFORMED_JSON",
  },
];

const FIELDS: readonly Refusal[] = [
  invalid("G5: quantity 0", quantity("0"), "/lines/0/quantity"),
  invalid("G5: quantity -1", quantity("-1"), "/lines/0/quantity"),
  invalid("G5: quantity -0", quantity("-0")),
  invalid("G5: quantity 1.5", quantity("1.5"), "/lines/0/quantity"),
  invalid('G5: quantity "5"', quantity('"5"'), "/lines/0/quantity"),
  invalid("G5: quantity null", quantity("null"), "/lines/0/quantity"),
  invalid("G5: quantity 1e400", quantity("1e400"), "/lines/0/quantity"),
  invalid("G5: quantity 2^53+1", quantity("9007199254740993"), "/lines/0/quantity"),
  invalid("a negative price", withLine({ unitPrice: -1 }), "/lines/0/unitPrice"),
  invalid(
    "lines of one SKU beyond the limit",
    order({ lines: [{ ...LINE, quantity: LIMITS.quantity }, LINE] }),
    "/lines/1/quantity",
  ),
  invalid("no lines", order({ lines: [] }), "/lines"),
  invalid("no SKU", withLine({ sku: "" }), "/lines/0/sku"),
  invalid("a SKU that is too long", withLine({ sku: "x".repeat(LIMITS.skuLength + 1) }), "/lines/0/sku"),
  invalid("a SKU that is a path", withLine({ sku: "../../x" }), "/lines/0/sku"),
  invalid(
    "H5: a line break in the address",
    order({ contact: { email: `${CANARY}\r\nBcc: eve@example.com` } }),
    "/contact/email",
  ),
  invalid("an address without @", order({ contact: { email: "canary.5d02" } }), "/contact/email"),
  invalid("a customer id with a line break", order({ customerId: "ada\neve" }), "/customerId"),
  invalid("a currency that is none", order({ currency: "euro" }), "/currency"),
  {
    what: "D12: 91 SKUs",
    body: order({ lines: skus(91) }),
    status: 400,
    code: "TOO_MANY_LINES",
    pointer: "/lines",
  },
  {
    what: "two prices of one SKU",
    body: order({ lines: [LINE, { ...LINE, unitPrice: 1 }] }),
    status: 400,
    code: "PRICE_CONTRADICTION",
    pointer: "/lines/1/unitPrice",
  },
];

const ENVELOPES: readonly Refusal[] = [
  key("A4: no Idempotency-Key", undefined, "IDEMPOTENCY_KEY_MISSING"),
  key("A4: an empty Idempotency-Key", "", "IDEMPOTENCY_KEY_MISSING"),
  key("A4: an Idempotency-Key of 129 characters", "k".repeat(129), "IDEMPOTENCY_KEY_INVALID"),
  key("A4: an Idempotency-Key with a control character", "a\tb", "IDEMPOTENCY_KEY_INVALID"),
  key("A4: an Idempotency-Key beyond ASCII", "schlüssel", "IDEMPOTENCY_KEY_INVALID"),
  {
    what: "text/plain",
    body: TEXT,
    headers: { "Content-Type": "text/plain", "Idempotency-Key": "some-key" },
    status: 415,
    code: "UNSUPPORTED_MEDIA_TYPE",
  },
  {
    what: "D14: a body one byte over the limit",
    body: TEXT.padEnd(LIMITS.bodyBytes + 1, " "),
    status: 413,
    code: "BODY_TOO_LARGE",
  },
  { what: "an unknown address", path: "/nothing", status: 403, code: "FORBIDDEN", body: TEXT },
  { what: "an unknown method", path: "/orders", method: "DELETE", status: 403, code: "FORBIDDEN" },
  {
    what: "an unknown order",
    path: "/orders/nothing",
    method: "GET",
    status: 404,
    code: "ORDER_NOT_FOUND",
  },
  {
    what: "cancelling an unknown order",
    path: "/orders/nothing/cancel",
    status: 404,
    code: "ORDER_NOT_FOUND",
  },
  {
    what: "unknown stock",
    path: "/stock/nothing",
    method: "GET",
    status: 404,
    code: "SKU_NOT_FOUND",
  },
  {
    what: "an unknown failed message",
    path: "/failed-messages/x",
    method: "GET",
    status: 404,
    code: "FAILED_MESSAGE_NOT_FOUND",
  },
  {
    what: "a path as the SKU in the address",
    path: "/stock/..%2F..%2Fx",
    method: "PUT",
    body: '{"onHand":1}',
    status: 400,
    code: "INVALID_REQUEST",
  },
  {
    what: "a negative count",
    path: "/stock/tea",
    method: "PUT",
    body: '{"onHand":-1}',
    status: 400,
    code: "INVALID_REQUEST",
    pointer: "/onHand",
  },
  {
    what: "a count of half a unit",
    path: "/stock/tea",
    method: "PUT",
    body: '{"onHand":0.5}',
    status: 400,
    code: "INVALID_REQUEST",
    pointer: "/onHand",
  },
  {
    what: "a count below the held stock",
    path: "/stock/tea",
    method: "PUT",
    body: '{"onHand":0}',
    status: 409,
    code: "STOCK_BELOW_HELD",
    pointer: "/onHand",
  },
];

export const REFUSALS: readonly Refusal[] = [...BODIES, ...FIELDS, ...ENVELOPES];
