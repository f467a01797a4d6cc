import { parseArgs } from "node:util";
import { EVENT_TYPES, STATUSES } from "../../functions/contract/order-status.ts";
import { AUDIENCES } from "../../functions/contract/roles.ts";
import { knownKey, knownType, planConsumer, refuseTableName } from "./new-consumer.ts";
import { newEventWord, planEvent, refuseMail, sourceStatus } from "./new-event.ts";
import { newFunctionName } from "./new-names.ts";
import { fieldOf, knownMethod, movable, planRoute, refusePath } from "./new-route.ts";
import { type Plan, ScaffoldError } from "./plan.ts";
import { declaredVariable, planRemoval } from "./remove-consumer.ts";

/** Values of flags by name; `name` is the argument behind the kind. */
type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

interface Flag {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly value?: string;
  readonly help: string;
  readonly question?: Question;
}

/** The question for a flag that is missing, in a terminal. */
interface Question {
  readonly text: string;
  /** The flag may be absent: it is asked for where a required one is missing too. An empty answer is its absence. */
  readonly isOptional?: true;
  /** Whether other flags stand in for it, or exclude it. */
  readonly isSet?: (values: Values) => boolean;
  /** The flags that an answer stands for. Throws ScaffoldError for an invalid one. */
  readonly answer: (text: string) => Values;
}

export interface Kind {
  readonly name: string;
  readonly takes: string;
  readonly summary: string;
  readonly example: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Throws ScaffoldError for an invalid name. */
  readonly checkName: (name: string) => void;
  readonly plan: (values: Values) => Plan;
}

const text = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};
/** Values of a flag that may be repeated, or holds several with commas. */
const list = (values: Values, name: string): string[] =>
  ((values[name] ?? []) as readonly string[]).flatMap(parts);
const parts = (answer: string): string[] => answer.split(",").map((each) => each.trim());
const optional = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [_ in Name]?: string };
/** The answer, once it is checked. */
const checked =
  (name: string, check: (answer: string) => unknown): Question["answer"] =>
  (answer) => {
    check(answer);
    return { [name]: answer };
  };
const checkedParts =
  (name: string, check: (part: string) => unknown): Question["answer"] =>
  (answer) => {
    parts(answer).forEach(check);
    return { [name]: [answer] };
  };
function yesOrNo(answer: string): boolean {
  if (/^y(es)?$/i.test(answer)) return true;
  if (/^no?$/i.test(answer)) return false;
  throw new ScaffoldError(`Answer yes or no; received "${answer}".`);
}

export const KINDS: readonly Kind[] = [
  {
    name: "consumer",
    takes: "<name>",
    summary: "a reader of events with its queue",
    example: "npm run new -- consumer award-points --on order.confirmed --table points --key customerId",
    flags: {
      on: {
        type: "string",
        multiple: true,
        value: "type",
        help: `event types, with commas or repeated: ${EVENT_TYPES.join(", ")}; required`,
        question: {
          text: `Event types, with commas (${EVENT_TYPES.join(", ")})`,
          answer: checkedParts("on", knownType),
        },
      },
      table: {
        type: "string",
        value: "name",
        help: "a table of its own",
        question: {
          text: "A table of its own (empty: none)",
          isOptional: true,
          answer: checked("table", refuseTableName),
        },
      },
      key: {
        type: "string",
        value: "attribute",
        help: "partition key of the table: orderId (default) or customerId",
        question: {
          text: "Partition key of the table (orderId, customerId; empty: orderId)",
          isOptional: true,
          isSet: ({ table }) => table === undefined,
          answer: checked("key", knownKey),
        },
      },
      does: { type: "string", value: "text", help: "one line in the present tense, for descriptions" },
    },
    checkName: (name) => newFunctionName("A consumer's name", name),
    plan: (values) =>
      planConsumer({
        name: text(values, "name") ?? "",
        on: list(values, "on"),
        key: text(values, "key") ?? "orderId",
        ...optional("does", text(values, "does")),
        ...optional("table", text(values, "table")),
      }),
  },
  {
    name: "event",
    takes: "<type>",
    summary: "a status of an order with the event of the transition into it",
    example: 'npm run new -- event order.shipped --from CONFIRMED --no-cancellable --mail "is on its way"',
    flags: {
      from: {
        type: "string",
        multiple: true,
        value: "status",
        help: `statuses from which a route moves an order to it: ${STATUSES.join(", ")} (default: none)`,
        question: {
          text: `Statuses from which a route moves an order to it, with commas (${STATUSES.join(", ")}; empty: none)`,
          isOptional: true,
          answer: checkedParts("from", sourceStatus),
        },
      },
      cancellable: {
        type: "boolean",
        help: "the order may be cancelled; this or --no-cancellable is required",
        question: {
          text: "May an order of this status be cancelled (yes, no)?",
          isSet: (values) => values["no-cancellable"] === true,
          answer: (answer) => (yesOrNo(answer) ? { cancellable: true } : { "no-cancellable": true }),
        },
      },
      "no-cancellable": { type: "boolean", help: "the order may not be cancelled" },
      mail: {
        type: "string",
        value: "text",
        help: 'the customer is mailed: the end of "Your order <id> …"; this or --no-mail is required',
        question: {
          text: 'The end of the mail\'s subject "Your order <id> …" (empty: no mail)',
          isSet: (values) => values["no-mail"] === true,
          answer: (answer) => (answer === "" ? { "no-mail": true } : checked("mail", refuseMail)(answer)),
        },
      },
      "no-mail": { type: "boolean", help: "no mail" },
    },
    checkName: newEventWord,
    plan: (values) => {
      refuseBoth(values, "mail", "no-mail");
      refuseBoth(values, "cancellable", "no-cancellable");
      return planEvent({
        type: text(values, "name") ?? "",
        from: list(values, "from"),
        mayBeCancelled: values["cancellable"] === true,
        ...optional("mail", text(values, "mail")),
      });
    },
  },
  {
    name: "route",
    takes: "<function>",
    summary: "a function of the API with one route",
    example: 'npm run new -- route ship-order --method POST --path "/orders/{orderId}/ship" --to SHIPPED',
    flags: {
      method: {
        type: "string",
        value: "method",
        help: "GET, POST or PUT; required",
        question: {
          text: "Method (GET, POST, PUT)",
          answer: checked("method", (method) => knownMethod(method.toUpperCase())),
        },
      },
      path: {
        type: "string",
        value: "path",
        help: 'as in "/orders/{orderId}/ship"; required',
        question: { text: "Path, as in /orders/{orderId}/ship", answer: checked("path", refusePath) },
      },
      to: {
        type: "string",
        value: "status",
        help: "the status that it sets",
        question: {
          text: "Status that it sets (empty: none)",
          isOptional: true,
          isSet: ({ field }) => field !== undefined,
          answer: checked("to", movable),
        },
      },
      field: {
        type: "string",
        multiple: true,
        value: "name:type",
        help: "a field of the body, repeated for each: string, integer or boolean; name?:type may be absent",
        question: {
          text: "Fields of the body, with commas, as country:string, express?:boolean (empty: none)",
          isOptional: true,
          isSet: ({ to, method }) => to !== undefined || String(method).toUpperCase() === "GET",
          answer: checkedParts("field", fieldOf),
        },
      },
      audience: {
        type: "string",
        value: "who",
        help: `${Object.keys(AUDIENCES).join(", ")} (default: operator): who may call it`,
      },
    },
    checkName: (name) => newFunctionName("A function's name", name),
    plan: (values) =>
      planRoute({
        name: text(values, "name") ?? "",
        method: (text(values, "method") ?? "").toUpperCase(),
        path: text(values, "path") ?? "",
        audience: text(values, "audience") ?? "operator",
        fields: list(values, "field"),
        ...optional("to", text(values, "to")),
      }),
  },
  {
    name: "remove-consumer",
    takes: "<name>",
    summary: "removes the files of a consumer, its test, and its line in the list",
    example: "npm run new -- remove-consumer award-points",
    flags: {},
    checkName: declaredVariable,
    plan: (values) => planRemoval(text(values, "name") ?? ""),
  },
];

const COMMON: Readonly<Record<string, Flag>> = {
  "dry-run": { type: "boolean", help: "prints the files and the changes, and writes nothing" },
  json: { type: "boolean", help: "prints the result as JSON; asks nothing" },
  help: { type: "boolean", help: "prints this text" },
};

const flagLines = (flags: Kind["flags"]): string =>
  Object.entries(flags)
    .map(
      ([name, { value, help }]) =>
        `  ${`--${name}${value === undefined ? "" : ` <${value}>`}`.padEnd(22)}${help}`,
    )
    .join("\n");

export const SCAFFOLD_HELP = `npm run new -- <kind> <name> [flags]: writes the files of a new part, with a test of its own, or removes them

${KINDS.map(
  ({ name, takes, summary, flags, example }) =>
    `${[`${name} ${takes}: ${summary}`, flagLines(flags)].join("\n").trimEnd()}\n\n  Example:  ${example}\n`,
).join("\n")}
Each of them:
${flagLines(COMMON)}

In a terminal it asks for what is missing. It writes everything or nothing. What it removes is kept in
.cache/removed until the next removal.

Exit code: 0 when the files are written, 1 when a place in a file was not found, 3 for a wrong flag or name.
`;

export interface ScaffoldRequest {
  readonly kind: Kind;
  readonly values: Values;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
}

/** Reads the arguments. Throws a ScaffoldError for an unknown kind or flag. */
export function scaffoldFlags(args: readonly string[]): ScaffoldRequest {
  const [name = ""] = args;
  const kind = KINDS.find((each) => each.name === name);
  const kinds = KINDS.map((each) => each.name).join(", ");
  if (kind === undefined)
    throw new ScaffoldError(
      name === "" || name.startsWith("-")
        ? `Name what is new before the flags: ${kinds}; received ${args.join(" ") || "nothing"}.`
        : `There is no kind "${name}". Choose one of ${kinds}.`,
    );
  const { values, positionals } = parsed(args.slice(1), { ...kind.flags, ...COMMON });
  if (positionals.length > 1)
    throw new ScaffoldError(`${kind.name} takes one ${kind.takes}; received ${positionals.join(" ")}.`);
  const [given] = positionals;
  return {
    kind,
    values: { ...values, ...(given === undefined ? {} : { name: given }) },
    isDryRun: values["dry-run"] === true,
    isJson: values["json"] === true,
  };
}

function parsed(args: readonly string[], flags: Kind["flags"]) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new ScaffoldError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

type Ask = (question: string) => Promise<string>;

/**
 * The request with nothing missing. Each missing value is asked for, again after an invalid answer; without a terminal
 * (`ask` is undefined) a ScaffoldError names its flag.
 */
export async function complete(request: ScaffoldRequest, ask: Ask | undefined): Promise<ScaffoldRequest> {
  const { kind } = request;
  let { values } = request;
  const questions = Object.entries(kind.flags).flatMap(([name, { question, help }]) =>
    question === undefined ? [] : [{ name, question, help }],
  );
  const isMissing = ({ name, question }: (typeof questions)[number]) =>
    values[name] === undefined && question.isSet?.(values) !== true;
  const required = questions.filter(({ question }) => question.isOptional !== true);
  const isAsking = values["name"] === undefined || required.some(isMissing);
  if (values["name"] === undefined) {
    if (ask === undefined) throw new ScaffoldError(`${kind.takes} is missing: ${kind.example}`);
    const named = checked("name", kind.checkName);
    values = { ...values, ...(await answered(ask, `Name of the ${kind.name}, ${kind.takes}`, named)) };
  }
  for (const each of isAsking ? questions : []) {
    if (!isMissing(each)) continue;
    const { name, help, question } = each;
    const { text: asked, answer, isOptional = false } = question;
    if (ask === undefined) {
      if (isOptional) continue;
      throw new ScaffoldError(`--${name} is missing: ${help}.`);
    }
    const read: Question["answer"] = (given) => (isOptional && given === "" ? {} : answer(given));
    values = { ...values, ...(await answered(ask, asked, read)) };
  }
  return { ...request, values };
}

/** What the first valid answer stands for. */
async function answered(ask: Ask, question: string, answer: Question["answer"]): Promise<Values> {
  let complaint = "";
  for (;;) {
    const given = await ask(`${complaint}${question}`);
    try {
      return answer(given);
    } catch (error) {
      if (!(error instanceof ScaffoldError)) throw error;
      complaint = `${error.message}\n`;
    }
  }
}

function refuseBoth(values: Values, one: string, other: string): void {
  if (values[one] !== undefined && values[one] !== false && values[other] === true)
    throw new ScaffoldError(`--${one} and --${other} exclude each other.`);
}
