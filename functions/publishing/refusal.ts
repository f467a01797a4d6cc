import type { Published } from "./ports/publisher.ts";

/** Why an event was not published, if so. An event without a result may be accepted later. */
export function refusalOf(
  result: Published | undefined,
): Extract<Published, { kind: "refused" }> | undefined {
  if (result === undefined) {
    const error = new Error("The publisher returned no result for this event.");
    return { kind: "refused", permanent: false, error };
  }
  return result.kind === "refused" ? result : undefined;
}
