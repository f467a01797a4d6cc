import type { Breakage, Part } from "./reference.ts";
import type { System } from "./system.ts";

/** The parts whose port rejects; the topic and the mail answer instead, as their ports promise. */
const REJECTING: readonly Part[] = ["orders", "orderStockStore", "notifications", "failedMessages"];

/** Makes every broken part of the system behave so; all others are whole. */
export function breakParts({ rig }: System, broken: ReadonlyMap<Part, Breakage>): void {
  const fail = (how: Breakage) => (call: string) => {
    const part = REJECTING.find((name) => call.startsWith(`${name}.`));
    if (part !== undefined && broken.get(part) === how) throw outage(part);
  };
  rig.faults.before = fail("down");
  rig.faults.after = fail("mute");

  rig.publisher.refuse = (event) => {
    const how = broken.get("topic");
    if (how === undefined) return undefined;
    if (how === "mute") rig.publisher.topic.push(event);
    return { kind: "refused", permanent: false, error: outage("topic") };
  };
  rig.mailer.answer = () => {
    switch (broken.get("mail")) {
      case "down":
        return { kind: "not-sent", error: outage("mail") };
      case "mute":
        return { kind: "unknown", error: outage("mail") };
      default:
        return { kind: "sent" };
    }
  };
}

function outage(part: Part): Error {
  return Object.assign(new Error(`The ${part} did not answer.`), { name: "TimeoutError" });
}
