import { expect, test } from "vitest";
import { clock, preciseClock } from "../../../lib/operator/console/web/format.ts";

const AT = Date.parse("2026-01-31T23:59:07.042Z");

test("a time of today is shown in UTC, of another day with its date", () => {
  expect(clock(AT, AT)).toBe("23:59:07Z");
  expect(clock(AT, AT + 60_000)).toBe("2026-01-31 23:59:07Z");
  expect(preciseClock(AT)).toBe("23:59:07.042Z");
});
