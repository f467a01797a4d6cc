import { MESSAGE_ACTS } from "../../contract/failures.ts";
import type { JobPreview } from "../../contract/operator-answers.ts";
import type { StartJob } from "../../contract/operator-schemas.ts";
import { discardConsequences } from "../domain/discard-consequences.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import type { MessageRef } from "../domain/message-job.ts";
import { decideRedrive } from "../domain/redrive-decision.ts";
import { gatherEvidence, gatherFindings } from "../gather-evidence.ts";
import { lastAct } from "../load-failed-message.ts";
import { countMatching, matchingPages } from "../matching-messages.ts";
import { checkTargets, type TargetCheck, withTargetCheck } from "../operators/check-target.ts";
import { latestEvent } from "../publish-again.ts";
import { type JobRequest, jobRequest } from "./job-request.ts";
import type { JobPorts } from "./run-jobs.ts";

type OutcomeName = JobPreview["outcomes"][number]["outcome"];
interface Found {
  readonly id: string;
  readonly outcome: OutcomeName;
  readonly because?: string;
}

/** The outcomes that each act can have; a preview has each of them. */
const OUTCOMES = {
  redrive: ["send", "resolve", "refuse"],
  discard: ["discard", "discard with consequences"],
  undo: ["undo"],
  republish: ["publish"],
} as const satisfies Record<JobRequest["act"], readonly OutcomeName[]>;

const SAMPLES = 5;
/** The function has ten seconds, counting included. */
const DRY_RUN_MS = 4_000;
const READS_AT_ONCE = 20;
const ORDERS_PAGE = 1_000;

/** What a job would do with each message or order. Writes nothing. Throws a Problem for an invalid request. */
export function previewJob(ports: JobPorts) {
  return async (asked: StartJob): Promise<JobPreview> => {
    const request = jobRequest(asked);
    const { act } = request;
    const deadline = ports.clock.now() + DRY_RUN_MS;
    const tallies = new Map(OUTCOMES[act].map((name) => [name as OutcomeName, tally()]));
    let total = 0;
    let isComplete = true;
    for await (const found of foundBy(ports, request)) {
      isComplete = ports.clock.now() <= deadline;
      if (!isComplete) break;
      for (const { outcome, ...sample } of found) {
        const into = tallies.get(outcome) ?? tally();
        tallies.set(outcome, into);
        into.count += 1;
        if (into.samples.length < SAMPLES) into.samples.push(sample);
      }
      total += found.length;
    }
    if (!isComplete && "filter" in request) {
      total = (await countMatching(ports, request.act, request.filter)).total ?? total;
    }
    const outcomes = [...tallies].map(([outcome, counted]) => ({ outcome, ...counted }));
    return { dryRun: true, act, total, outcomes, isComplete };
  };
}

const tally = (): { count: number; samples: { id: string; because?: string }[] } => ({
  count: 0,
  samples: [],
});

/** What the job would do, in chunks. Some are empty, because few of the messages that were read match. */
async function* foundBy(ports: JobPorts, request: JobRequest): AsyncGenerator<readonly Found[]> {
  if (request.act === "republish") return yield* eventsOf(ports, request.orders);
  const { act } = request;
  const decide = decider(ports, request);
  if ("messages" in request) return yield* decide(request.messages);
  for await (const { rows, cursor } of matchingPages(ports, request.filter, { status: MESSAGE_ACTS[act] })) {
    yield* decide(rows);
    if (rows.length === 0 && cursor !== undefined) yield [];
  }
}

type OnMessages = Pick<Exclude<JobRequest, { act: "republish" }>, "act" | "mail">;

function decider(ports: JobPorts, asked: OnMessages) {
  const { act } = asked;
  const checkTarget = checkTargets(ports);
  return async function* decide(messages: readonly MessageRef[]): AsyncGenerator<readonly Found[]> {
    for (let at = 0; at < messages.length; at += READS_AT_ONCE) {
      const some = messages.slice(at, at + READS_AT_ONCE);
      const rows = await ports.failedMessages.getMany(some.map(({ failedKey }) => failedKey));
      yield await Promise.all(
        some.map(async ({ failedKey, generation }) => {
          const row = rows.get(failedKey);
          const whyNot = whyChanged(row, MESSAGE_ACTS[act], generation);
          if (row === undefined || whyNot !== undefined) return skipped(failedKey, whyNot);
          return { id: failedKey, ...(await outcomeOf(ports, asked, row, checkTarget)) };
        }),
      );
    }
  };
}

const skipped = (id: string, because = ""): Found => ({ id, outcome: "skip", because });

/** Why the job would leave a message, if so. */
function whyChanged(
  row: FailedMessage | undefined,
  status: FailedMessage["status"],
  generation: number,
): string | undefined {
  if (row === undefined) return "it is gone";
  if (row.status !== status) return `it is ${row.status}${lastAct(row)}`;
  return row.generation === generation ? undefined : `it was opened again: generation ${row.generation}`;
}

async function outcomeOf(
  ports: JobPorts,
  { act, mail }: OnMessages,
  row: FailedMessage,
  checkTarget: TargetCheck,
): Promise<Omit<Found, "id">> {
  switch (act) {
    case "redrive": {
      const decision = await withTargetCheck(
        decideRedrive(row, await gatherFindings(ports, row), mail),
        row,
        checkTarget,
      );
      switch (decision.kind) {
        case "send":
          return { outcome: "send", ...(decision.warning !== undefined && { because: decision.warning }) };
        case "resolve":
          return { outcome: "resolve", because: decision.because };
        case "refuse":
          return { outcome: "refuse", because: decision.whyNot };
      }
      return decision satisfies never;
    }
    case "discard": {
      const consequences = discardConsequences(row, await gatherEvidence(ports, row));
      return consequences.length === 0
        ? { outcome: "discard" }
        : { outcome: "discard with consequences", because: consequences.join(" ") };
    }
    case "undo":
      return { outcome: "undo" };
  }
}

async function* eventsOf(
  { orderScan, clock }: JobPorts,
  { status, olderThanSeconds }: Extract<JobRequest, { act: "republish" }>["orders"],
): AsyncGenerator<readonly Found[]> {
  const before = new Date(clock.now() - olderThanSeconds * 1_000).toISOString();
  let after: string | undefined;
  do {
    const from = after === undefined ? {} : { after };
    const page = await orderScan.page({ status, before, limit: ORDERS_PAGE, ...from });
    const events = page.orders.map(latestEvent).filter((event) => event !== undefined);
    yield events.map(({ id }) => ({ id, outcome: "publish" }));
    after = page.after;
  } while (after !== undefined);
}
