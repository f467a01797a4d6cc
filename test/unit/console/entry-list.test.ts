import { expect, test } from "vitest";
import { NO_ENTRIES, newerThan, withAnswer } from "../../../lib/operator/console/web/live/entry-list.ts";

const answer = (cursor: string, ...entries: readonly (readonly [id: string, at: number])[]) => ({
  entries: entries.map(([id, at]) => ({ id, at, source: "x", outcome: "done" })),
  cursor,
  isCut: false,
});
const idsOf = ({ entries }: typeof NO_ENTRIES) => entries.map(({ id }) => id);

test("entries that are answered twice are listed once, and late ones at their time", () => {
  const first = withAnswer(NO_ENTRIES, answer("1", ["b", 20], ["a", 10]));

  const second = withAnswer(first, answer("2", ["d", 30], ["b", 20], ["c", 15]));

  expect(idsOf(second)).toEqual(["d", "b", "c", "a"]);
  expect(second.cursor).toBe("2");
});

test("an answer without new entries keeps the list", () => {
  const first = withAnswer(NO_ENTRIES, answer("1", ["a", 10]));

  const second = withAnswer(first, { ...answer("2", ["a", 10]), isCut: true });

  expect(second).toEqual({ ...first, cursor: "2", isCut: true });
});

test("a list keeps the latest entries alone", () => {
  let list = NO_ENTRIES;
  for (let at = 0; at < 3_000; at += 2)
    list = withAnswer(list, answer(String(at), [`${at + 1}`, at + 1], [`${at}`, at]));

  expect(list.entries.length).toBeLessThanOrEqual(1_000);
  expect(list.entries[0]?.id).toBe("2999");
});

test("entries that came after those shown are counted, all of them once the latest shown one is dropped", () => {
  const { entries } = withAnswer(NO_ENTRIES, answer("1", ["c", 30], ["b", 20], ["a", 10]));

  expect(newerThan(entries, entries)).toBe(0);
  expect(newerThan(entries.slice(2), entries)).toBe(2);
  expect(newerThan([], entries)).toBe(3);
  expect(newerThan(entries, entries.slice(1))).toBe(2);
});
