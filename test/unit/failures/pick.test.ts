import { expect, test } from "vitest";
import { pick } from "../../../functions/failures/domain/pick.ts";

test("pick returns the named fields that exist and no others", () => {
  const thing: { a: number; b?: string; c: null; secret: string } = { a: 0, c: null, secret: "s" };

  expect(pick(thing, ["a", "b", "c"])).toStrictEqual({ a: 0, c: null });
});
