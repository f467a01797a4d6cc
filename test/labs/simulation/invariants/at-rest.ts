import { decodeEvent } from "../../../../functions/orders/decode-event.ts";
import { isPublisher } from "../../../../functions/publishing/domain/publishers.ts";
import type { AcceptedRequests } from "../actors/clients.ts";
import type { OperatorAction } from "../actors/operators.ts";
import { isRead } from "../cloud/backbone.ts";
import { partitionsOf } from "../cloud/kafka.ts";
import { messagesIn } from "../cloud/rabbitmq-queue.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";
import { isDone, isReconciled, isShown, locationOf } from "./each-step.ts";
import { checkJobs } from "./jobs.ts";

/** The invariants at rest: faults are over and no step is left. */
export function checkAtRest(
  system: SimulatedSystem,
  accepted: AcceptedRequests,
  operatorActions: readonly OperatorAction[],
): void {
  checkEmpty(system);
  checkAccounts(system);
  checkPoisons(system);
  checkMails(system);
  checkRefusals(system);
  checkJobs(system);
  checkOutcomes(system, accepted);
  checkAudit(system, operatorActions);
}

/** I20: no work is left. */
function checkEmpty(system: SimulatedSystem): void {
  const { queues, shards, tables, crashed, host, jobs, kafka, rabbitmq } = system;
  for (const { source, deadLetters, undelivered } of queues) {
    for (const { name, messages } of [source, deadLetters, undelivered]) {
      assertInvariant(messages.size === 0, "I20", () => `${messages.size} messages are left in ${name}`);
    }
  }
  for (const queue of rabbitmq?.queues ?? []) {
    const left = messagesIn(queue).length;
    assertInvariant(left === 0, "I20", () => `${left} messages are left in ${queue.name}`);
  }
  for (const { position, rows } of shards)
    assertInvariant(position === rows.length, "I20", () => "the stream is not read");
  for (const { name, committed, records } of partitionsOf(kafka, isRead(system, "kafka"))) {
    assertInvariant(committed === records.length, "I20", () => `${name} is not read`);
  }
  for (const { failedKey, status } of tables.rows.failed.values()) {
    assertInvariant(
      status !== "RETRYING" && status !== "REDRIVEN",
      "I20",
      () => `${failedKey} stays ${status}`,
    );
  }
  for (const { jobId, status } of jobs.values()) {
    assertInvariant(status !== "RUNNING", "I20", () => `the job ${jobId} has not ended`);
  }
  assertInvariant(crashed.size === 0, "I20", () => "a crashed batch was not imported");
  assertInvariant(host.total() === 0, "I20", () => "a function is still running");
}

/** I4 at rest: each event is either done or open to an operator. */
function checkAccounts(system: SimulatedSystem): void {
  for (const [id, known] of system.oracle.events) {
    for (const alternatives of known.requiredConsumers) {
      const places = alternatives.map((consumer) => locationOf(system, consumer, id));
      // Of an event that one backbone lost, the failed message of another shows the order: maintenance leaves it to operators.
      const isVisible =
        places.includes("OPEN") ||
        places.includes("DISCARDED") ||
        (isReconciled(system, id) && isParked(system, known.event.subject, known.event.type));
      const done = alternatives.some((consumer) => isDone(system, consumer, known));
      const name = () => `${id} of ${alternatives.join(" and ")}`;
      const isMail = alternatives.includes("notify-customer");
      const isExcused = isMail || !system.attempts.isUnfailing;
      assertInvariant(done || isExcused, "I11", () => `${name()} is not done, without any fault`);
      assertInvariant(
        done || isVisible,
        "I4",
        () => `${name()} is lost: ${places.join(" and ") || "it is nowhere"}`,
      );
      if (!places.includes("OPEN") || !alternatives.every(isShown)) continue;
      assertInvariant(!done, "I4", () => `${name()} is done, and still open`);
    }
  }
  for (const { consumer, failedKey, status, body } of system.tables.rows.failed.values()) {
    const isEvent = consumer === "publish-events" || decodeEvent(body).kind === "message";
    const isUnpublished = isPublisher(consumer) && status === "OPEN" && isEvent;
    assertInvariant(!isUnpublished, "I4", () => `${failedKey} is not published`);
  }
}

/** I4 for messages that no consumer can handle: the store holds them unchanged. */
function checkPoisons({ oracle, tables }: SimulatedSystem): void {
  for (const poison of oracle.poisons) {
    const rows = [...tables.rows.failed.values()];
    const isKept = rows.some(
      ({ consumer, body, originalBody }) => `${consumer} ${originalBody ?? body}` === poison,
    );
    assertInvariant(isKept, "I4", () => `a message that cannot be handled is lost: ${poison}`);
  }
}

/** I9: an uncertain mail is listed, whatever the status of its order; without faults there is none. */
function checkMails({ tables, attempts }: SimulatedSystem): void {
  const rows = [...tables.rows.failed.values()].filter(({ consumer }) => consumer === "notify-customer");
  for (const [id, state] of tables.rows.mails) {
    if (state !== "sending") continue;
    const isListed = rows.some(({ eventId, status }) => eventId === id && status !== "RESOLVED");
    assertInvariant(isListed, "I9", () => `a mail about ${id} may have gone out, and is not listed`);
    assertInvariant(!attempts.isStrict, "I9", () => `the mail about ${id} is uncertain, without any fault`);
  }
}

/**
 * I4: events of a republish that the topic refused, and that were not published since, are in the store. The watch of
 * unfinished orders publishes no event whose order has a failed message, and none of a cancelled order that holds no stock.
 * A job that was aborted after its function had crashed does not come to the event again.
 */
function checkRefusals({ oracle, tables, jobs }: SimulatedSystem): void {
  const rows = [...tables.rows.failed.values()].filter(
    ({ consumer, eventType }) =>
      consumer === "publish-events" || eventType === "order.created" || eventType === "order.cancelled",
  );
  for (const id of oracle.refused) {
    const event = oracle.events.get(id)?.event;
    const order = tables.rows.orders.get(event?.subject ?? "");
    const isKept = rows.some(({ eventId }) => eventId === id);
    // A crashed job continues only with orders that still have the status it was started for.
    const isLatest = order?.version === event?.data.orderVersion;
    const isReleased = order?.status === "CANCELLED" && order.stockHeld !== true;
    const isAborted = [...jobs.values()].some(
      (job) => job.act === "republish" && job.status === "ABORTED" && job.orders.status === order?.status,
    );
    assertInvariant(
      isKept || !isLatest || isReleased || isAborted,
      "I4",
      () => `${id} was refused when it was republished, and is stored nowhere`,
    );
  }
}

/** I8: accepted requests are fulfilled, or open to an operator. I15: a cancelled order holds no stock. */
function checkOutcomes(system: SimulatedSystem, { placed, cancelled }: AcceptedRequests): void {
  const { tables } = system;
  for (const id of placed) {
    const order = tables.rows.orders.get(id);
    const isEnabled = () => isParked(system, id, "order.created");
    assertInvariant(order !== undefined, "I8", () => `the accepted order ${id} is missing`);
    assertInvariant(
      order?.status !== "PENDING" || isEnabled(),
      "I8",
      () => `${id} is PENDING and no operator can see it`,
    );
  }
  for (const order of tables.rows.orders.values()) {
    const { orderId, status, stockHeld } = order;
    assertInvariant(
      !cancelled.has(orderId) || status === "CANCELLED",
      "I8",
      () => `${orderId} was cancelled, is ${status}`,
    );
    if (status !== "CANCELLED" || stockHeld !== true) continue;
    const isEnabled = isParked(system, orderId, "order.cancelled");
    assertInvariant(isEnabled, "I15", () => `${orderId} is cancelled and its stock is still held`);
  }
}

function isParked({ tables }: SimulatedSystem, orderId: string, eventType: string): boolean {
  for (const row of tables.rows.failed.values()) {
    const isIts = row.orderId === orderId && row.eventType === eventType;
    if (isIts && (row.status === "OPEN" || row.status === "DISCARDED")) return true;
  }
  return false;
}

/**
 * I18: an operator action has at most one history entry with the operator's name, and exactly one if it applied. A row
 * that it resolves has another entry.
 */
function checkAudit({ tables }: SimulatedSystem, operatorActions: readonly OperatorAction[]): void {
  for (const { failedKey, by, hasApplied } of operatorActions) {
    const { history = [] } = tables.rows.failed.get(failedKey) ?? {};
    const entries = history.filter((entry) => entry.by === by && entry.act !== "resolve");
    assertInvariant(
      entries.length === 1 || (entries.length === 0 && !hasApplied),
      "I18",
      () => `${by} acted on ${failedKey}: ${entries.length} entries`,
    );
  }
}
