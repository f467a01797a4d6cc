import { decodeEvent } from "../../../../functions/orders/decode-event.ts";
import { isPublisher } from "../../../../functions/publishing/domain/publishers.ts";
import type { Promises } from "../actors/clients.ts";
import type { Acted } from "../actors/operators.ts";
import { readsTopic } from "../cloud/backbone.ts";
import { partitionsOf } from "../cloud/kafka.ts";
import type { World } from "../simulated-system.ts";
import { holds } from "../violation.ts";
import { isDone, placesOf } from "./each-step.ts";
import { checkJobs } from "./jobs.ts";

/** What has to hold once faults are over and nothing is left to do. */
export function checkAtRest(world: World, promises: Promises, acted: readonly Acted[]): void {
  checkEmpty(world);
  checkAccounts(world);
  checkPoisons(world);
  checkMails(world);
  checkRefusals(world);
  checkJobs(world);
  checkOutcomes(world, promises);
  checkAudit(world, acted);
}

/** I20: nothing is under way. */
function checkEmpty(world: World): void {
  const { queues, shards, tables, crashed, host, jobs, kafka } = world;
  for (const { source, deadLetters, undelivered } of queues) {
    for (const { name, copies } of [source, deadLetters, undelivered]) {
      holds(copies.size === 0, "I20", () => `${copies.size} messages are left in ${name}`);
    }
  }
  for (const { position, rows } of shards)
    holds(position === rows.length, "I20", () => "the stream is not read");
  for (const { name, committed, records } of partitionsOf(kafka, readsTopic(world))) {
    holds(committed === records.length, "I20", () => `${name} is not read`);
  }
  for (const { failedKey, status } of tables.rows.failed.values()) {
    holds(status !== "RETRYING" && status !== "REDRIVEN", "I20", () => `${failedKey} stays ${status}`);
  }
  for (const { jobId, status } of [...jobs.redrives.values(), ...jobs.republishes.values()]) {
    holds(status !== "RUNNING", "I20", () => `the job ${jobId} has not ended`);
  }
  holds(crashed.size === 0, "I20", () => "a crashed batch was not imported");
  holds(host.total() === 0, "I20", () => "a function is still running");
}

/** I4 at rest: each event is done, or a person can see it, and never both. */
function checkAccounts(world: World): void {
  for (const [id, known] of world.facts.events) {
    for (const duty of known.duties) {
      const places = duty.map((consumer) => placesOf(world, consumer, id));
      const isVisible = places.includes("OPEN") || places.includes("DISCARDED");
      const done = duty.some((consumer) => isDone(world, consumer, known));
      const name = () => `${id} of ${duty.join(" and ")}`;
      const isMail = duty.includes("notify-customer");
      const isExcused = isMail || !world.attempts.isStrict;
      holds(done || isExcused, "I11", () => `${name()} is not done, and nothing went wrong`);
      holds(done || isVisible, "I4", () => `${name()} is lost: ${places.join(" and ") || "it is nowhere"}`);
      if (!places.includes("OPEN") || isMail) continue;
      holds(!done, "I4", () => `${name()} is done, and still open`);
    }
  }
  for (const { consumer, failedKey, status, body } of world.tables.rows.failed.values()) {
    const isEvent = consumer === "publish-events" || decodeEvent(body).kind === "message";
    const isUnpublished = isPublisher(consumer) && status === "OPEN" && isEvent;
    holds(!isUnpublished, "I4", () => `${failedKey} is not published`);
  }
}

/** I4 for what no consumer can handle: it is in the store, word for word. */
function checkPoisons({ facts, tables }: World): void {
  for (const poison of facts.poisons) {
    const rows = [...tables.rows.failed.values()];
    const isKept = rows.some(
      ({ consumer, body, originalBody }) => `${consumer} ${originalBody ?? body}` === poison,
    );
    holds(isKept, "I4", () => `a message that cannot be handled is lost: ${poison}`);
  }
}

/** I9: a mail that may have gone out is listed, whatever its order is now; where nothing went wrong there is none. */
function checkMails({ tables, attempts }: World): void {
  const rows = [...tables.rows.failed.values()].filter(({ consumer }) => consumer === "notify-customer");
  for (const [id, state] of tables.rows.mails) {
    if (state !== "sending") continue;
    const isListed = rows.some(({ eventId, status }) => eventId === id && status !== "RESOLVED");
    holds(isListed, "I9", () => `a mail about ${id} may have gone out, and no operator can see it`);
    holds(!attempts.isStrict, "I9", () => `the mail about ${id} is in doubt, and nothing went wrong`);
  }
}

/** I4: what the topic refused from an operator or a job, and was not published since, is in the store. */
function checkRefusals({ facts, tables }: World): void {
  const rows = [...tables.rows.failed.values()].filter(({ consumer }) => consumer === "publish-events");
  for (const id of facts.refused) {
    const event = facts.events.get(id)?.event;
    const order = tables.rows.orders.get(event?.subject ?? "");
    const isKept = rows.some(({ eventId }) => eventId === id);
    // A job that died asks only for orders that are still in the status it was begun for.
    const isLatest = order?.version === event?.data.orderVersion;
    holds(
      isKept || !isLatest,
      "I4",
      () => `${id} was refused when it was republished, and is stored nowhere`,
    );
  }
}

/** I8: what a client was told has come true, or a person can see why not. I15: a cancelled order holds no stock. */
function checkOutcomes(world: World, { placed, cancelled }: Promises): void {
  const { tables } = world;
  for (const id of placed) {
    const order = tables.rows.orders.get(id);
    const isOpen = () => isParked(world, id, "order.created");
    holds(order !== undefined, "I8", () => `the accepted order ${id} is not there`);
    holds(order?.status !== "PENDING" || isOpen(), "I8", () => `${id} is PENDING and no operator can see it`);
  }
  for (const order of tables.rows.orders.values()) {
    const { orderId, status, stockHeld } = order;
    holds(
      !cancelled.has(orderId) || status === "CANCELLED",
      "I8",
      () => `${orderId} was cancelled, is ${status}`,
    );
    if (status !== "CANCELLED" || stockHeld !== true) continue;
    const isOpen = isParked(world, orderId, "order.cancelled");
    holds(isOpen, "I15", () => `${orderId} is cancelled and its stock is still held`);
  }
}

function isParked({ tables }: World, orderId: string, eventType: string): boolean {
  for (const row of tables.rows.failed.values()) {
    const isIts = row.orderId === orderId && row.eventType === eventType;
    if (isIts && (row.status === "OPEN" || row.status === "DISCARDED")) return true;
  }
  return false;
}

/**
 * I18: an act of an operator has one entry, by name: at most one whatever was asked, exactly one if it applied.
 * What it resolves by that is an entry of its own.
 */
function checkAudit({ tables }: World, acted: readonly Acted[]): void {
  for (const { failedKey, by, hasApplied } of acted) {
    const { history = [] } = tables.rows.failed.get(failedKey) ?? {};
    const entries = history.filter((entry) => entry.by === by && entry.act !== "resolve");
    holds(
      entries.length === 1 || (entries.length === 0 && !hasApplied),
      "I18",
      () => `${by} acted on ${failedKey}: ${entries.length} entries tell of it`,
    );
  }
}
