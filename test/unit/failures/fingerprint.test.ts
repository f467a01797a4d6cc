import { expect, test } from "vitest";
import { fingerprintOf } from "../../../functions/failures/domain/failed-transition.ts";
import { sha256 } from "../../../functions/middleware/sha256.ts";

const hashed = (...parts: string[]) => sha256(parts.join("\n")).slice(0, 12);

/** Rows keep their fingerprints for months, so another algorithm would split every group in two. */
test("is the start of a hash of consumer, type, reason, error name and the message's shape", () => {
  const error = {
    errorName: "Error",
    errorMessage: "order 4HJEV3D88TQ7AEGBV0AXRDABNG at 17 in 0af76519-16cd-43dd",
  };

  expect(fingerprintOf("order-created", "order.created", "UNKNOWN_ORDER", error)).toBe(
    hashed("order-created", "order.created", "UNKNOWN_ORDER", "Error", "order # at # in #"),
  );
});

test("uses an empty text for unknown parts", () => {
  expect(fingerprintOf("c", undefined, "EXPIRED", {})).toBe(hashed("c", "", "EXPIRED", "", ""));
});

test("does not replace ordinary words as ids", () => {
  const of = (errorMessage: string) => fingerprintOf("c", "t", "r", { errorName: "E", errorMessage });

  expect(of("ACCESS DENIED")).not.toBe(of("ACCESS GRANTED"));
  expect(of("cafe")).not.toBe(of("face"));
});
