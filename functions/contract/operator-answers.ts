import { type Static, type TSchema, Type } from "typebox";
import { FAILED_STATUSES, JOB_ACTS, JOB_STATUSES, MAIL_DECISIONS, REASONS } from "./failures.ts";
import { FailedFilterSchema } from "./operator-schemas.ts";
import { ROLES } from "./roles.ts";
import { type Frozen, OrderViewSchema, StatusSchema, TimeSchema } from "./schemas.ts";

/**
 * Responses to operators. Import this file for types only: TypeBox must not reach a bundle. Clients accept fields that
 * are added later.
 */

type Answer<Schema extends TSchema> = Frozen<Static<Schema>>;

const Count = Type.Integer({ minimum: 0 });
const Key = Type.String({ description: "Names the message in every other route" });
const FailedStatus = Type.Enum([...FAILED_STATUSES]);
const Reason = Type.Enum(Object.keys(REASONS) as (keyof typeof REASONS)[]);
const Fingerprint = Type.String({ description: "Messages with the same cause have the same" });
const IsComplete = Type.Boolean({ description: "false: there are more than were read" });

/** The error of the last failure. */
const ERROR = { errorName: Type.Optional(Type.String()), errorMessage: Type.Optional(Type.String()) };

/** What a list shows of a message. */
const SUMMARY = {
  failedKey: Key,
  status: FailedStatus,
  consumer: Type.String(),
  reason: Reason,
  fingerprint: Fingerprint,
  firstAt: TimeSchema,
  lastAt: TimeSchema,
  dueAt: TimeSchema,
  failures: Count,
  generation: Type.Integer({ minimum: 0, description: "How often it was opened" }),
  eventId: Type.Optional(Type.String()),
  eventType: Type.Optional(Type.String()),
  orderId: Type.Optional(Type.String()),
  ...ERROR,
} as const satisfies Record<string, TSchema>;

export const AccessViewSchema = Type.Object({ role: Type.Enum([...ROLES]) });
export type AccessView = Answer<typeof AccessViewSchema>;

export const FailedSummarySchema = Type.Object(SUMMARY);
export type FailedSummary = Answer<typeof FailedSummarySchema>;

export const OpenCountSchema = Type.Object(
  {
    count: Count,
    isExact: Type.Boolean({ description: "false: an estimate, because there are more than 10,000" }),
    at: TimeSchema,
  },
  {
    description:
      "All open messages, as maintenance counted them last. Absent from an answer to a filter or a search",
  },
);

export type OpenCount = Answer<typeof OpenCountSchema>;

export const FailedListSchema = Type.Object({
  items: Type.Array(FailedSummarySchema),
  openCount: Type.Optional(OpenCountSchema),
  cursor: Type.Optional(
    Type.String({ description: "There may be more, even where the list is empty: ask again with it" }),
  ),
});
export type FailedList = Answer<typeof FailedListSchema>;

/** Failed messages with the same cause: consumer, event type, reason and shape of error. */
export const FailureGroupSchema = Type.Object({
  fingerprint: Fingerprint,
  consumer: Type.String(),
  eventType: Type.String(),
  reason: Reason,
  ...ERROR,
  count: Type.Integer({ minimum: 1 }),
  firstAt: Type.String({ ...TimeSchema, description: "The first failure of any" }),
  lastAt: Type.String({ ...TimeSchema, description: "The last failure of any" }),
  sample: Type.String({ description: "Key of the message that failed last" }),
});
export type FailureGroup = Answer<typeof FailureGroupSchema>;

export const FailureGroupsSchema = Type.Object({
  groups: Type.Array(FailureGroupSchema),
  isComplete: IsComplete,
  openCount: Type.Optional(OpenCountSchema),
});
export type FailureGroups = Answer<typeof FailureGroupsSchema>;

const AttributeSchema = Type.Union([
  Type.String(),
  Type.Object({
    type: Type.String(),
    value: Type.String({ description: "base64 where the type is Binary" }),
  }),
]);
/** Text of the type String, or a value of another type. */
export type AttributeValue = Answer<typeof AttributeSchema>;

const HistorySchema = Type.Object({
  at: TimeSchema,
  by: Type.String(),
  act: Type.String(),
  why: Type.Optional(Type.String()),
  jobId: Type.Optional(Type.String()),
});

/** Why a message failed, and what a redrive would do. */
const WhySchema = Type.Object({
  reason: Type.String(),
  meaning: Type.String(),
  differences: Type.Optional(
    Type.Array(Type.String(), { description: "Of an event that contradicts its order: what differs" }),
  ),
  effect: Type.Enum(["done", "missing", "unknown"], { description: "Whether the message had its effect" }),
  because: Type.Optional(Type.String()),
  isInDoubt: Type.Boolean({
    description: "The effect is outside the tables, as a mail, and only an operator can find out about it",
  }),
  redriveWould: Type.Enum(["resolve", "send", "refuse"]),
  whyNot: Type.Optional(
    Type.String({ description: "Why a redrive is refused, or why the message would fail again" }),
  ),
});
export type Why = Answer<typeof WhySchema>;

export const FailedMessageViewSchema = Type.Object({
  ...SUMMARY,
  source: Type.String({ description: "ARN of the queue, or the place of the record" }),
  redriveId: Type.Optional(Type.String()),
  jobId: Type.Optional(Type.String({ description: "The job of the last act of an operator" })),
  history: Type.Array(HistorySchema),
  why: WhySchema,
});
export type FailedMessageView = Answer<typeof FailedMessageViewSchema>;

/** What may hold personal data. */
export const FailedMessageBodySchema = Type.Object({
  failedKey: Key,
  generation: SUMMARY.generation,
  body: Type.String(),
  originalBody: Type.Optional(
    Type.String({ description: "The body that failed, where it was edited since" }),
  ),
  attributes: Type.Record(Type.String(), AttributeSchema),
});
export type FailedMessageBody = Answer<typeof FailedMessageBodySchema>;

const ACTED = { failedKey: Key, status: FailedStatus, generation: SUMMARY.generation };

/** What a redrive did or, in a dry run, would do. */
export const RedriveAnswerSchema = Type.Object({
  ...ACTED,
  outcome: Type.Enum(["sent", "resolved", "would send", "would resolve", "would refuse"]),
  because: Type.Optional(Type.String()),
  redriveId: Type.Optional(Type.String()),
});
export type RedriveAnswer = Answer<typeof RedriveAnswerSchema>;

export const DiscardAnswerSchema = Type.Object({
  ...ACTED,
  consequences: Type.Array(Type.String(), { description: "What stays undone, one sentence each" }),
  discardedBefore: Type.Optional(
    Type.Object(
      { at: TimeSchema, by: Type.String(), why: Type.Optional(Type.String()) },
      { description: "Who had discarded it before this request, which changed nothing" },
    ),
  ),
});
export type DiscardAnswer = Answer<typeof DiscardAnswerSchema>;

export const UndoAnswerSchema = Type.Object(ACTED);
export type UndoAnswer = Answer<typeof UndoAnswerSchema>;

/** A job: one act on many messages or orders, at a limited rate. */
export const JobViewSchema = Type.Object({
  jobId: Type.Optional(Type.String({ description: "Absent where nothing matched" })),
  act: Type.Enum([...JOB_ACTS]),
  status: Type.Enum([...JOB_STATUSES], {
    description:
      "STOPPED: too many of the last messages failed again or were refused. ABORTED: by an operator",
  }),
  isClaimed: Type.Optional(
    Type.Boolean({
      description:
        "Of a running job: whether a function works on it. Otherwise maintenance continues it within a minute",
    }),
  ),
  ratePerSecond: Count,
  by: Type.String(),
  why: Type.String(),
  startedAt: TimeSchema,
  endedAt: Type.Optional(TimeSchema),
  stoppedBecause: Type.Optional(Type.String()),
  abort: Type.Optional(
    Type.Object(
      { at: TimeSchema, by: Type.String(), why: Type.String() },
      { description: "An operator asked for the end of the job" },
    ),
  ),
  filter: Type.Optional(FailedFilterSchema),
  mail: Type.Optional(
    Type.Enum([...MAIL_DECISIONS], { description: "Of a redrive: the decision on every selected mail" }),
  ),
  orders: Type.Optional(
    Type.Object({
      status: StatusSchema,
      before: Type.String({ ...TimeSchema, description: "Orders without a transition since then" }),
    }),
  ),
  total: Type.Optional(Type.Integer({ minimum: 0, description: "Absent where there are too many to count" })),
  done: Type.Integer({ minimum: 0, description: "Sent, discarded, reopened or published" }),
  resolved: Type.Integer({ minimum: 0, description: "Resolved instead of sent: the effect exists" }),
  refused: Type.Integer({
    minimum: 0,
    description: "A redrive would fail; or the topic refused the event, which is parked",
  }),
  refusals: Type.Optional(
    Type.Array(Type.Object({ because: Type.String(), count: Count }), {
      description: "Why a redrive refused messages: the first few different reasons",
    }),
  ),
  skipped: Type.Integer({ minimum: 0, description: "Changed by another writer before the job came to it" }),
  failedAgain: Type.Integer({ minimum: 0, description: "Sent by the job and open again since" }),
});
export type JobView = Answer<typeof JobViewSchema>;

export const JobListSchema = Type.Object({ jobs: Type.Array(JobViewSchema) });
export type JobList = Answer<typeof JobListSchema>;

/** What a job would do. */
export const JobPreviewSchema = Type.Object({
  dryRun: Type.Literal(true),
  act: Type.Enum([...JOB_ACTS]),
  total: Type.Integer({
    minimum: 0,
    description: "Matching messages or orders; the outcomes of large sets are those of the first",
  }),
  outcomes: Type.Array(
    Type.Object({
      outcome: Type.Enum([
        "send",
        "resolve",
        "refuse",
        "discard",
        "discard with consequences",
        "undo",
        "publish",
        "skip",
      ]),
      count: Count,
      samples: Type.Array(
        Type.Object({
          id: Type.String({ description: "Key of a failed message; for a republish, id of an event" }),
          because: Type.Optional(Type.String()),
        }),
      ),
    }),
    { description: "Each outcome that the act can have" },
  ),
  isComplete: IsComplete,
});
export type JobPreview = Answer<typeof JobPreviewSchema>;

/** A dry run, or a job that found nothing. */
export const JobNotStartedSchema = Type.Union([JobPreviewSchema, JobViewSchema]);

/** Who paused or resumed a consumer. */
const SwitchedBySchema = Type.Object({
  by: Type.String(),
  at: TimeSchema,
  why: Type.Optional(Type.String()),
});

const CONSUMER = {
  name: Type.String(),
  on: Type.Array(Type.String(), { description: "Types of the events that it handles" }),
  state: Type.Enum(["RUNNING", "PAUSED", "OFF", "NOT_PROCESSING"], {
    description:
      "OFF: an event source mapping is switched off without a pause; resume the consumer to switch it on. " +
      "NOT_PROCESSING: off by the setting processing",
  }),
  isSwitching: Type.Boolean({
    description:
      "An event source mapping does not have the state yet. Maintenance repeats a switch that was refused",
  }),
  pause: Type.Optional(SwitchedBySchema),
  resumed: Type.Optional(SwitchedBySchema),
  mappings: Type.Array(Type.Object({ source: Type.String(), state: Type.String() })),
  keptSeconds: Type.Integer({
    minimum: 0,
    description: "How long a message is kept while the consumer is paused",
  }),
  whilePaused: Type.Array(Type.String(), { description: "What a pause means, one sentence each" }),
} as const satisfies Record<string, TSchema>;

export const ConsumerViewSchema = Type.Object(CONSUMER);
export type ConsumerView = Answer<typeof ConsumerViewSchema>;

export const ConsumersSchema = Type.Object({ consumers: Type.Array(ConsumerViewSchema) });
export type Consumers = Answer<typeof ConsumersSchema>;

export const ConsumerSwitchedSchema = Type.Object({
  ...CONSUMER,
  isChanged: Type.Boolean({ description: "false: it was in this state before" }),
});
export type ConsumerSwitched = Answer<typeof ConsumerSwitchedSchema>;

/** Why an address gets no mails, and what was done about it. */
export const UnsuppressAnswerSchema = Type.Object({
  outcome: Type.Enum(["not suppressed", "would lift", "lifted"]),
  because: Type.Optional(Type.Enum(["bounced", "complained"])),
  since: Type.Optional(TimeSchema),
  eventId: Type.Optional(Type.String({ description: "The event that the mail was about" })),
});
export type UnsuppressAnswer = Answer<typeof UnsuppressAnswerSchema>;

export const ReplayAnswerSchema = Type.Object({
  orderId: Type.String(),
  eventId: Type.String(),
  consumer: Type.String(),
  outcome: Type.Enum(["sent", "would send"]),
  because: Type.Optional(
    Type.String({ description: "Of a dry run: why the message would have no effect, or may have none" }),
  ),
});
export type ReplayAnswer = Answer<typeof ReplayAnswerSchema>;

export const OrderListSchema = Type.Object({
  items: Type.Array(OrderViewSchema),
  foundBy: Type.Enum(["pending-index", "customer-index", "scan"], {
    description: "scan: the table was read, order by order",
  }),
  readUnits: Type.Number({ minimum: 0, description: "Read units of DynamoDB that this answer took" }),
  cursor: Type.Optional(
    Type.String({ description: "There may be more, even where the list is empty: ask again with it" }),
  ),
});
export type OrderList = Answer<typeof OrderListSchema>;
