import type { Outage, Part } from "./reference.ts";
import type { System } from "./system.ts";

/** The parts whose port rejects. Topic and mailer return a result instead. */
const REJECTING: readonly Part[] = ["orders", "orderStockStore", "notifications", "failedMessages"];

/** Gives the broken parts of the system their outages, and repairs all others. */
export function breakParts({ rig }: System, broken: ReadonlyMap<Part, Outage>): void {
  const fail = (how: Outage) => (call: string) => {
    const part = REJECTING.find((name) => call.startsWith(`${name}.`));
    if (part !== undefined && broken.get(part) === how) throw outage(part);
  };
  rig.faults.before = fail("down");
  rig.faults.after = fail("reply lost");

  rig.publisher.refuse = (event) => {
    const how = broken.get("topic");
    if (how === undefined) return undefined;
    if (how === "reply lost") rig.publisher.topic.push(event);
    return { kind: "refused", permanent: false, error: outage("topic") };
  };
  rig.mailer.answer = () => {
    switch (broken.get("mail")) {
      case "down":
        return { kind: "not-sent", error: outage("mail") };
      case "reply lost":
        return { kind: "unknown", error: outage("mail") };
      default:
        return { kind: "sent" };
    }
  };
}

function outage(part: Part): Error {
  return Object.assign(new Error(`The ${part} did not answer.`), { name: "TimeoutError" });
}
