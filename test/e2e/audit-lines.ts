import type { ConsumerName } from "../../functions/consumers/consumers.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import type { Target } from "./target.ts";

/**
 * The outcomes of a consumer's attempts to process an event. Metrics count the messages of all events, and so those that
 * an earlier file left in flight.
 */
export async function outcomesOf(
  target: Target,
  consumer: ConsumerName,
  { id }: Pick<OrderEvent, "id">,
): Promise<readonly string[]> {
  return (await target.logs()).flatMap((text) => {
    if (!text.startsWith('{"audit":"attempt"')) return [];
    const line = JSON.parse(text) as Readonly<Record<string, string>>;
    return line["consumer"] === consumer && line["eventId"] === id ? [line["outcome"] ?? ""] : [];
  });
}
