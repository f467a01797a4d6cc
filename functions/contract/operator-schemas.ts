import { type Static, type TSchema, Type } from "typebox";
import {
  FAILED_STATUSES,
  JOB_ACTS,
  LIST_ORDERS,
  MAIL_DECISIONS,
  MOST_NAMED_MESSAGES,
  REASONS,
} from "./failures.ts";
import { EVENT_TYPES } from "./order-status.ts";
import { PATTERNS } from "./patterns.ts";
import { EmailSchema, StatusSchema, TimeSchema } from "./schemas.ts";

/**
 * Requests of operators to the failed-message store. Import this file for types only: TypeBox must not reach a bundle.
 */

const closed = { additionalProperties: false } as const;

/** One line of text for the history of the row. */
const Why = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: PATTERNS.why.pattern,
});
const Generation = Type.Integer({
  minimum: 1,
  description: "Generation of the row as it was read; 409 if it has changed",
});
const DryRun = Type.Boolean({ description: "Report the outcome without changing anything" });
/** The fields of every act on one message. */
const ACT = { why: Why, generation: Type.Optional(Generation), dryRun: Type.Optional(DryRun) };

/** The last act of an operator on the message was this job's. */
const JobId = Type.String({ pattern: PATTERNS.jobId.pattern, description: "Id of the job that acted last" });

const FILTERS = {
  /** One of the declared consumers, which are not part of the contract: an unknown name is refused by the use-case. */
  consumer: Type.Optional(
    Type.String({ pattern: PATTERNS.consumer.pattern, description: "Name of a consumer or publisher" }),
  ),
  type: Type.Optional(Type.Enum([...EVENT_TYPES, "unknown"])),
  reason: Type.Optional(Type.Enum(Object.keys(REASONS))),
  fingerprint: Type.Optional(Type.String({ pattern: PATTERNS.fingerprint.pattern })),
  job: Type.Optional(JobId),
  from: Type.Optional(TimeSchema),
  to: Type.Optional(TimeSchema),
} as const satisfies Record<string, TSchema>;

/** All fields must match. `from` and `to` bound the time of the last failure. */
export const FailedFilterSchema = Type.Object(FILTERS, closed);
export type FailedFilter = Static<typeof FailedFilterSchema>;

export const GroupFailedSchema = Type.Object(
  { status: Type.Optional(Type.Enum([...FAILED_STATUSES])), ...FILTERS },
  closed,
);
export type GroupFailed = Static<typeof GroupFailedSchema>;

export const ListFailedSchema = Type.Object(
  {
    status: Type.Optional(Type.Enum([...FAILED_STATUSES])),
    ...FILTERS,
    event: Type.Optional(
      Type.String({
        maxLength: 128,
        pattern: PATTERNS.why.pattern,
        description: "Only messages of the event with this id",
      }),
    ),
    search: Type.Optional(
      Type.String({
        maxLength: 200,
        pattern: PATTERNS.why.pattern,
        description:
          "Only messages with this text in their ids, consumer, type, reason or error, without regard to case",
      }),
    ),
    order: Type.Optional(Type.Enum([...LIST_ORDERS], { description: "By due time. Default: oldest first" })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    cursor: Type.Optional(
      Type.String({ pattern: PATTERNS.cursor.pattern, description: "Continues the list behind it" }),
    ),
  },
  closed,
);
export type ListFailed = Static<typeof ListFailedSchema>;

const Mail = Type.Enum([...MAIL_DECISIONS], {
  description: "Outcome of a mail in doubt, as the operator found out",
});

export const RedriveSchema = Type.Object({ ...ACT, mail: Type.Optional(Mail) }, closed);
export type Redrive = Static<typeof RedriveSchema>;

export const EditSchema = Type.Object(
  {
    body: Type.String({ description: "The complete new body as JSON text: stored and sent byte for byte" }),
    ...ACT,
  },
  closed,
);
export type Edit = Static<typeof EditSchema>;

export const DiscardSchema = Type.Object({ ...ACT }, closed);
export type Discard = Static<typeof DiscardSchema>;

export const UndoSchema = Type.Object({ ...ACT }, closed);
export type Undo = Static<typeof UndoSchema>;

/** Exactly one of `filter`, `messages` and `orders`. */
export const StartJobSchema = Type.Object(
  {
    act: Type.Enum([...JOB_ACTS]),
    filter: Type.Optional(FailedFilterSchema),
    messages: Type.Optional(
      Type.Array(
        Type.Object(
          { failedKey: Type.String({ minLength: 1, maxLength: 512 }), generation: Generation },
          closed,
        ),
        {
          minItems: 1,
          maxItems: MOST_NAMED_MESSAGES,
          description:
            "Messages by key, each with its generation as it was read: one that has changed is skipped",
        },
      ),
    ),
    orders: Type.Optional(
      Type.Object(
        {
          status: StatusSchema,
          olderThanSeconds: Type.Integer({
            minimum: 60,
            maximum: 31_536_000,
            description: "Younger events may still be in flight",
          }),
        },
        { ...closed, description: "For a republish: orders of the status without a transition for the time" },
      ),
    ),
    ratePerSecond: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        description: "Default 10 and at most 100 for redrive and republish; default 200 for discard and undo",
      }),
    ),
    mail: Type.Optional({
      ...Mail,
      description:
        "For a redrive: outcome of every selected mail, as the operator found out. Refused for a message without a mail in doubt",
    }),
    why: Why,
    dryRun: Type.Optional(DryRun),
  },
  closed,
);
export type StartJob = Static<typeof StartJobSchema>;

/** One event of an order for one consumer. */
export const ReplaySchema = Type.Object(
  {
    type: Type.Enum([...EVENT_TYPES]),
    consumer: Type.String({ pattern: PATTERNS.consumer.pattern, description: "Name of a consumer" }),
    why: Why,
    dryRun: Type.Optional(DryRun),
  },
  closed,
);
export type Replay = Static<typeof ReplaySchema>;

export const AbortJobSchema = Type.Object({ why: Why }, closed);
export type AbortJob = Static<typeof AbortJobSchema>;

export const PauseConsumerSchema = Type.Object({ why: Why }, closed);
export type PauseConsumer = Static<typeof PauseConsumerSchema>;

export const ResumeConsumerSchema = Type.Object({ why: Type.Optional(Why) }, closed);
export type ResumeConsumer = Static<typeof ResumeConsumerSchema>;

/** All fields must match. `from` and `to` bound the time at which an order was placed. */
export const ListOrdersSchema = Type.Object(
  {
    customerId: Type.Optional(Type.String({ pattern: PATTERNS.customerId.pattern })),
    status: Type.Optional(StatusSchema),
    from: Type.Optional(TimeSchema),
    to: Type.Optional(TimeSchema),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  closed,
);
export type ListOrders = Static<typeof ListOrdersSchema>;

/** Exactly one of `email` and `orderId`. In the body, because an address must be in no access log. */
export const UnsuppressSchema = Type.Object(
  {
    email: Type.Optional(EmailSchema),
    orderId: Type.Optional(
      Type.String({ pattern: PATTERNS.orderId.pattern, description: "The order whose address is meant" }),
    ),
    why: Why,
    dryRun: Type.Optional(DryRun),
  },
  closed,
);
export type Unsuppress = Static<typeof UnsuppressSchema>;
