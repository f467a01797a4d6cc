import { expect, test } from "vitest";
import { clock, preciseClock, withClocks } from "../../../lib/operator/console/web/format.ts";

const AT = Date.parse("2026-01-31T23:59:07.042Z");

test("a time of today is shown in UTC, of another day with its date", () => {
  expect(clock(AT, AT)).toBe("23:59:07Z");
  expect(clock(AT, AT + 60_000)).toBe("2026-01-31 23:59:07Z");
  expect(preciseClock(AT)).toBe("23:59:07.042Z");
});

test("whole times within a text are shown as of today or another day", () => {
  const now = new Date().toISOString();

  expect(withClocks(`paused since ${now} by olga, at 2026-01-31T23:59:07Z`)).toBe(
    `paused since ${now.slice(11, 19)}Z by olga, at 2026-01-31 23:59:07Z`,
  );
});
