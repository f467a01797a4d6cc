import { expect, test } from "vitest";
import { parseTraceparent } from "../../../functions/middleware/traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

test.each([
  [`00-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01`],
  [`00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-00`],
  [`00-${TRACE}-${PARENT}-09`, `00-${TRACE}-${PARENT}-09`],
  // Of a later version the fields of version 00 are read.
  [`cc-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01`],
  [`cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`, `00-${TRACE}-${PARENT}-01`],
])("K6: %s is a trace context", (value, expected) => {
  expect(parseTraceparent(value)).toBe(expected);
});

test.each([
  undefined,
  "",
  `ff-${TRACE}-${PARENT}-01`,
  `00-${"0".repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE}-${PARENT}-01-extra`,
  `00-${TRACE}-${PARENT}-01-`,
  `cc-${TRACE}-${PARENT}-01.extra`,
  `00-${TRACE}-${PARENT}-1`,
  `00-${TRACE}-${PARENT}`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${TRACE}-${PARENT.slice(1)}-01`,
  `0-${TRACE}-${PARENT}-01`,
  ` 00-${TRACE}-${PARENT}-01`,
  `00-${TRACE}-${PARENT}-01\n`,
])("K6: %s is not a trace context", (value) => {
  expect(parseTraceparent(value)).toBeUndefined();
});
