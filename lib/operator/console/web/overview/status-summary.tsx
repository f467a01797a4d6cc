import type { FailureGroups } from "../../../../../functions/contract/operator-answers.ts";
import { type Concern, concernsOf, type Observed } from "../../../observe/concerns.ts";
import { count, pluralize } from "../../../observe/count.ts";
import type { QueueState } from "../../../observe/view-types.ts";
import { withClocks } from "../format.ts";
import { hrefTo } from "../route.ts";

interface StatusSummaryProps extends Observed {
  readonly queues: readonly QueueState[] | undefined;
  /** False for an app without failed messages. */
  readonly hasGroups: boolean;
  /** Parts that cannot be read now, as `the alarms`. */
  readonly unavailable: readonly string[];
}

/** The heading is the worst of all concerns, the line below has the others. */
export function StatusSummary({ queues, hasGroups, unavailable, ...observed }: StatusSummaryProps) {
  const { groups, alarms, metrics } = observed;
  const isRead = alarms !== undefined && metrics !== undefined && (!hasGroups || groups !== undefined);
  const [worst, ...others] = concernsOf(observed);
  const unread = unavailable.join(" and ");
  return (
    <div class="statement">
      <h1>
        {worst !== undefined ? (
          <ConcernLink concern={worst} groups={groups} />
        ) : unread !== "" ? (
          `It is unknown whether anything needs an operator: ${unread} cannot be read.`
        ) : isRead ? (
          "Nothing needs an operator"
        ) : (
          "Loading …"
        )}
      </h1>
      {others.length > 0 && (
        <ul class="concerns">
          {others.map((concern) => (
            <li key={`${concern.kind} ${concern.of}`}>
              <ConcernLink concern={concern} groups={groups} />
            </li>
          ))}
        </ul>
      )}
      <p class="soft">{calmText(queues, observed) ?? "\u00a0"}</p>
    </div>
  );
}

/** What is as it should be, and how much is moving. */
function calmText(queues: readonly QueueState[] | undefined, { groups, alarms }: Observed) {
  const parts = [
    groups?.groups.length === 0 ? "no failed messages" : undefined,
    queues === undefined ? undefined : depthText(queues),
    alarms === undefined ? undefined : quietText(alarms),
  ].filter((part) => part !== undefined);
  const text = parts.join("; ");
  return text === "" ? undefined : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function depthText(queues: readonly QueueState[]): string {
  const sum = (each: (queue: QueueState) => number) =>
    queues.reduce((total, queue) => total + each(queue), 0);
  const amounts: readonly (readonly [amount: number, where: string])[] = [
    [sum(({ waiting, inFlight }) => waiting + inFlight), "in queues"],
    [sum(({ deadLetters }) => deadLetters), "in dead-letter queues"],
    [sum(({ undelivered }) => undelivered), "undelivered"],
  ];
  const texts = amounts.flatMap(([amount, where]) =>
    amount === 0 ? [] : [`${pluralize(amount, "message")} ${where}`],
  );
  return texts.length === 0 ? "all queues are empty" : texts.join(", ");
}

function quietText(alarms: NonNullable<Observed["alarms"]>): string {
  const on = alarms.filter(({ state }) => state === "ALARM").length;
  return on === 0
    ? `no active alarms (of ${count(alarms.length)})`
    : `${count(alarms.length - on)} of ${count(alarms.length)} alarms are quiet`;
}

/** The outcome of the attempts behind a concern. */
const OUTCOME_OF = { attempts: "retry", crashes: "crashed" } as const;
/** The place of each other concern on this page, where it has no page of its own. */
const PLACES = { "api-errors": "api", paused: "consumers", alarms: "alarms" } as const;

function ConcernLink({
  concern,
  groups,
}: {
  readonly concern: Concern;
  readonly groups: FailureGroups | undefined;
}) {
  const { kind, of = "" } = concern;
  const text = withClocks(concern.text);
  switch (kind) {
    case "failed":
      return (
        <a href={failedHref(groups)} class="bad">
          {text}
        </a>
      );
    case "attempts":
    case "crashes":
      return (
        <a href={hrefTo({ kind: "live", filter: { consumer: of, outcome: OUTCOME_OF[kind] } })} class="bad">
          {text}
        </a>
      );
    default:
      // A link cannot do this: the fragment of the address holds the route.
      return (
        <button
          type="button"
          class="inline bad"
          onClick={() => document.getElementById(PLACES[kind])?.scrollIntoView({ behavior: "smooth" })}
        >
          {text}
        </button>
      );
  }
}

function failedHref(groups: FailureGroups | undefined): string {
  const [first, ...others] = groups?.groups ?? [];
  return first === undefined || others.length > 0
    ? hrefTo({ kind: "groups", filter: {} })
    : hrefTo({ kind: "messages", filter: { status: "OPEN", fingerprint: first.fingerprint } });
}
