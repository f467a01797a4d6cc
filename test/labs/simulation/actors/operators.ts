import { MAIL_DECISIONS, type MailDecision } from "../../../../functions/contract/failures.ts";
import type { RedriveAnswer } from "../../../../functions/contract/operator-answers.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import type { MessageRef } from "../../../../functions/failures/domain/message-job.ts";
import type { ProxyResult } from "../../../../functions/middleware/http.ts";
import type { ProxyEvent } from "../../../../functions/middleware/http-request.ts";
import { requestOf } from "../api.ts";
import { invocationFaults } from "../cloud/mappings.ts";
import { READER } from "../invariants/operator-actions.ts";
import { checkResponse } from "../invariants/responses.ts";
import type { SimulatedSystem } from "../simulated-system.ts";

/** An action that an operator requested. */
export interface OperatorAction {
  readonly failedKey: string;
  readonly by: string;
  /** The response reported that it applied. */
  readonly hasApplied: boolean;
}

export interface Operators {
  readonly operatorActions: readonly OperatorAction[];
  hasWork(): boolean;
  act(): void;
}

const MANY = ["redrive", "discard", "undo"] as const;
const STATUSES = ["PENDING", "CONFIRMED", "REJECTED", "CANCELLED"] as const;

/** A row as an operator read it, and the outcome of its mail as far as known then. */
interface Seen {
  readonly row: FailedMessage;
  readonly mail?: MailDecision;
}

type Kind = "redrive" | "edit" | "discard" | "undo";

/** The function's time-out. */
const TIMEOUT_MS = 10_000;

/** Operators read rows, and later act on them by the API. They repeat a request whose response is lost. */
export function operators(system: SimulatedSystem): Operators {
  const { random, host, functions, tables, faultProfile } = system;
  const operatorActions: OperatorAction[] = [];
  let left = faultProfile.operators * 3;
  const actionable = () =>
    [...tables.rows.failed.values()].filter(({ status }) => status === "OPEN" || status === "DISCARDED");

  const seen: Seen[] = [];
  /** A row as read now or before. */
  const readRow = (row: FailedMessage): Seen => {
    const before = seen.filter((each) => each.row.failedKey === row.failedKey);
    const now = { row, ...mailOf(row) };
    seen.push(now);
    return before.length > 0 && random.chance(0.4) ? random.pick(before) : now;
  };

  function ask(
    event: ProxyEvent,
    answered: (reply: ProxyResult) => void,
    tries = 0,
    name = "operator",
  ): void {
    host.invoke(
      name,
      invocationFaults(system, TIMEOUT_MS),
      () => functions.api.operator(event),
      (result) => {
        const reply = result.kind === "response" ? (result.value as ProxyResult) : undefined;
        if (reply !== undefined) {
          checkResponse(reply);
          answered(reply);
        }
        const isLost = reply === undefined || reply.statusCode >= 500 || random.chance(lostRate());
        if (isLost && tries < 2 && !system.areFaultsOver) ask(event, answered, tries + 1, name);
      },
    );
  }
  const lostRate = () => (system.areFaultsOver ? 0 : faultProfile.ackLost);

  function recordNamed(by: string, { failedKey, generation }: MessageRef): void {
    system.oracle.asked.set(`${by} ${failedKey}`, generation);
  }

  function actOn({ row, mail }: Seen, by: string): void {
    const { failedKey } = row;
    const kind = kindOf(row);
    const event = requestOf(`POST /failed-messages/{failedKey}/${kind}`, {
      parameters: { failedKey },
      caller: by,
      body: { ...bodyOf(kind, row), ...(kind === "redrive" && mail !== undefined ? { mail } : {}) },
    });
    operatorActions.push({ failedKey, by, hasApplied: false });
    recordNamed(by, row);
    ask(event, ({ statusCode, body }) => {
      const { outcome } = JSON.parse(body) as Partial<RedriveAnswer>;
      const isDone = statusCode === 200 && (outcome === "sent" || kind === "undo");
      if (isDone) operatorActions.push({ failedKey, by, hasApplied: true });
    });
  }

  /**
   * The operator's declaration about an uncertain mail. "not-sent" is declared only where no attempt can be frozen while
   * the clock advances, because an operator cannot wait for the end of such an attempt.
   */
  function mailOf({ consumer, eventId, reason }: FailedMessage): { mail?: MailDecision } {
    if (consumer !== "notify-customer" || reason !== "OUTCOME_UNKNOWN") return {};
    const subject = system.oracle.events.get(eventId ?? "")?.subject ?? "";
    if (system.mailbox.delivered.has(subject)) return { mail: "sent" };
    return faultProfile.zombie + faultProfile.skew + faultProfile.clockJump === 0 ? { mail: "not-sent" } : {};
  }

  function kindOf({ status, body }: FailedMessage): Kind {
    if (status === "DISCARDED") return "undo";
    if (random.chance(0.25)) return "discard";
    return body.startsWith("{") && body.endsWith("}") && random.chance(0.15) ? "edit" : "redrive";
  }

  return {
    operatorActions,
    hasWork: () => left > 0 && host.running("operator") + host.running(READER) < 2 && actionable().length > 0,
    act() {
      left -= 1;
      const by = `operator-${left}`;
      if (random.chance(0.12)) read();
      else if (random.chance(0.2)) actOnMany(by);
      else if (random.chance(0.15)) decideMails(by);
      else if (random.chance(0.1)) republish(by);
      else if (random.chance(0.05)) abort(by);
      else actOn(readRow(random.pick(actionable())), by);
    },
  };

  function republish(by: string): void {
    const orders = { status: random.pick(STATUSES), olderThanSeconds: 60 + random.below(600) };
    const body = { act: "republish", orders, why: "the stream was not read" };
    ask(requestOf("POST /jobs", { caller: by, body }), () => undefined, 2);
  }

  function abort(by: string): void {
    const jobs = [...system.jobs.keys()];
    if (jobs.length === 0) return;
    const asked = { parameters: { jobId: random.pick(jobs) }, caller: by, body: { why: "the wrong filter" } };
    ask(requestOf("POST /jobs/{jobId}/abort", asked), () => undefined);
  }

  /** Reads, or sends a dry run. */
  function read(): void {
    const parameters = { failedKey: random.pick(actionable()).failedKey };
    const tried = { why: "to see the result", dryRun: true };
    const event = random.pick([
      requestOf("GET /failed-messages", {}),
      requestOf("GET /failed-messages/groups", {}),
      requestOf("GET /jobs", {}),
      requestOf("GET /failed-messages/{failedKey}", { parameters }),
      requestOf("GET /failed-message-bodies/{failedKey}", { parameters }),
      requestOf("POST /failed-messages/{failedKey}/redrive", { parameters, body: tried }),
      requestOf("POST /failed-messages/{failedKey}/discard", { parameters, body: tried }),
      requestOf("POST /jobs", { body: { ...tried, act: random.pick(MANY), filter: {} } }),
      requestOf("POST /jobs", {
        body: { ...tried, act: "republish", orders: { status: "PENDING", olderThanSeconds: 60 } },
      }),
    ]);
    ask(event, () => undefined, 2, READER);
  }

  /** The same decision on all mails of unknown outcome that it holds for. */
  function decideMails(by: string): void {
    const mail = random.pick(MAIL_DECISIONS);
    const messages = actionable()
      .filter((row) => row.status === "OPEN" && mailOf(row).mail === mail)
      .map(({ failedKey, generation }) => ({ failedKey, generation }));
    if (messages.length === 0) return;
    for (const message of messages) recordNamed(by, message);
    const body = { act: "redrive", mail, messages, why: "it is in the provider's log" };
    // Not repeated, because each request starts a job of its own.
    ask(requestOf("POST /jobs", { caller: by, body }), () => undefined, 2);
  }

  function actOnMany(by: string): void {
    const filter = random.chance(0.5)
      ? {}
      : { consumer: random.pick([...system.queues.map(({ consumer }) => consumer), "publish-events"]) };
    const named = random.chance(0.3) ? actionable().slice(0, 1 + random.below(9)) : undefined;
    const messages = named?.map((latest) => {
      const { failedKey, generation } = readRow(latest).row;
      recordNamed(by, { failedKey, generation });
      return { failedKey, generation };
    });
    const selection = messages === undefined ? { filter } : { messages };
    const act = random.chance(0.6) ? "redrive" : random.pick(MANY);
    const body = { act, ...selection, why: "the cause is fixed", ratePerSecond: 1 + random.below(20) };
    // Not repeated, because each request starts a job of its own.
    ask(requestOf("POST /jobs", { caller: by, body }), () => undefined, 2);
  }
}

function bodyOf(kind: Kind, { generation, body }: FailedMessage): object {
  switch (kind) {
    case "edit":
      return {
        why: "it lacked a field",
        generation,
        body: { ...(JSON.parse(body) as object), edited: true },
      };
    case "undo":
      return { why: "it is needed after all", generation };
    case "redrive":
    case "discard":
      return { why: "the cause is known", generation };
  }
}
