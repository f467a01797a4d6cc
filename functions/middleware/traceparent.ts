/** Version 00 exactly; of a later version the first four fields, as the specification requires. */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-[\x21-\x7e]*)?$/;

/**
 * The W3C trace context of a value, or `undefined` where it has none. A later version is returned as version 00.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(value: string | undefined): string | undefined {
  const [, version, fields, rest] = TRACEPARENT.exec(value ?? "") ?? [];
  if (version === undefined || (version === "00" && rest !== undefined)) return undefined;
  return `00-${fields}`;
}
