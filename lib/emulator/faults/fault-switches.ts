import { elapsed as monotonic } from "../elapsed.ts";
import type { Clock } from "../types.ts";

/** The target of a fault. `name` is a function's short name, or a table's physical one. */
export type FaultTarget =
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "table"; readonly name: string }
  | { readonly kind: "mail" }
  | { readonly kind: "conflicts" }
  | { readonly kind: BrokerFault };

/** A broker that is killed; `rabbitmq-full`: its queues are full; `rabbitmq-unbound`: no queue is bound to its exchange. */
export type BrokerFault = "kafka" | "rabbitmq" | "rabbitmq-full" | "rabbitmq-unbound";

export interface Fault {
  readonly target: FaultTarget;
  /** As typed: `function:order-created`, `table:<name>`, `mail`, `conflicts`, `kafka`, `rabbitmq`, `rabbitmq-full`. */
  readonly text: string;
  /** The share of calls that fail, above 0 and up to 1. */
  readonly rate: number;
  /** Milliseconds since the epoch; absent where it stays until it is mended. */
  readonly endsAt?: number;
}

/** An invalid target or setting. The message lists the valid ones. */
export class FaultError extends Error {
  override readonly name: string = "FaultError";
}

/** A valid target that this emulator does not have. */
export class AbsentTargetError extends FaultError {
  override readonly name = "AbsentTargetError";
}

/** The faults of the emulator, switched while it runs. */
export interface Faults {
  /**
   * Breaks a target, or changes its fault. The prefix may be left out. A part of a table's name is enough where no
   * other table has it, or where it stands behind the words that all tables begin with.
   * @throws FaultError for an unknown target, a rate outside (0, 1] or a time that is not positive
   */
  break(target: string, settings?: { readonly rate?: number; readonly forMs?: number }): Fault;
  /** Mends a target, or `all`; returns the mended ones. */
  mend(target: string): readonly Fault[];
  list(): readonly Fault[];
  /** Everything that can be broken, as `Fault.text`. */
  readonly targets: readonly string[];
  /** Whether a fault of this kind is active, for code that does extra work only then. */
  isOn(kind: FaultTarget["kind"]): boolean;
  /** Decides at random, by the rate of the fault, whether one call to the target fails. */
  strikes(target: FaultTarget): boolean;
}

export interface FaultsOptions {
  readonly functions: readonly string[];
  /** Physical names. */
  readonly tables: readonly string[];
  /** The faults of its brokers. */
  readonly brokers?: readonly BrokerFault[];
  /** For `endsAt`. */
  readonly clock?: Clock;
  /** Ends faults, independent of the wall clock; default: the monotonic clock. */
  readonly elapsed?: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

const MAX_MS = 7 * 24 * 3_600_000;

const textOf = (target: FaultTarget): string =>
  "name" in target ? `${target.kind}:${target.name}` : target.kind;

export const createFaults = (options: FaultsOptions): Faults => {
  const { clock = Date, elapsed = monotonic, random = Math.random } = options;
  const faults = new Map<string, Fault>();
  /** When a fault ends, by `elapsed`. */
  const ends = new Map<string, number>();

  const list = (): Fault[] => {
    for (const [text, end] of ends) {
      if (end > elapsed.now()) continue;
      faults.delete(text);
      ends.delete(text);
    }
    return [...faults.values()];
  };

  return {
    break: (text, { rate = 1, forMs } = {}) => {
      const target = parseTarget(text, options);
      if (!(rate > 0 && rate <= 1))
        throw new FaultError(`The rate must be above 0 and at most 1; received ${rate}`);
      if (rate !== 1 && isOfBroker(target.kind))
        throw new FaultError(`${textOf(target)} is broken as a whole and takes no rate; received ${rate}`);
      if (forMs !== undefined && !(forMs > 0))
        throw new FaultError(`The duration must be above 0 ms; received ${forMs} ms`);
      if (forMs !== undefined && forMs > MAX_MS) throw new FaultError("The duration must be at most 7 days");
      const fault: Fault = {
        target,
        text: textOf(target),
        rate,
        ...(forMs === undefined ? {} : { endsAt: clock.now() + forMs }),
      };
      faults.set(fault.text, fault);
      if (forMs === undefined) ends.delete(fault.text);
      else ends.set(fault.text, elapsed.now() + forMs);
      return fault;
    },
    mend: (text) => {
      const mended = list();
      if (text === "all") {
        faults.clear();
        ends.clear();
        return mended;
      }
      const wanted = textOf(parseTarget(text, options));
      faults.delete(wanted);
      ends.delete(wanted);
      return mended.filter((fault) => fault.text === wanted);
    },
    list,
    targets: [
      ...options.tables.map((name) => textOf({ kind: "table", name })),
      ...options.functions.map((name) => textOf({ kind: "function", name })),
      "mail",
      "conflicts",
      ...(options.brokers ?? []),
    ],
    isOn: (kind) => faults.size > 0 && list().some(({ target }) => target.kind === kind),
    strikes: (target) => {
      if (faults.size === 0) return false;
      const wanted = textOf(target);
      const fault = list().find(({ text }) => text === wanted);
      return fault !== undefined && random() < fault.rate;
    },
  };
};

const BROKERS: readonly BrokerFault[] = ["kafka", "rabbitmq", "rabbitmq-full", "rabbitmq-unbound"];
const isOfBroker = (kind: string): boolean => BROKERS.some((each) => each === kind);
/** The variable that names a broker of another owner. */
const NAMED_BY = { kafka: "KAFKA_BROKERS", rabbitmq: "RABBITMQ_URL" } as const;

const parseTarget = (text: string, { functions, tables, brokers = [] }: FaultsOptions): FaultTarget => {
  if (text === "mail" || text === "conflicts") return { kind: text };
  const named = brokers.find((each) => each === text);
  if (named !== undefined) return { kind: named };
  // Also of a part of its name, such as "rabbit": where the broker is missing, it is not in the list of targets.
  const absent = BROKERS.find((each) => each === text || (/^(kaf|rab)/.test(text) && each.startsWith(text)));
  if (absent !== undefined && !brokers.includes(absent)) {
    const flag = absent === "kafka" ? "kafka" : "rabbitmq";
    throw new AbsentTargetError(
      `This emulator has no broker of its own to break. Start one with a broker:  npm start -- --${flag}   (without ${NAMED_BY[flag]})`,
    );
  }
  const [, prefix = "", name = text] = /^(?:(function|table):)?(.*)$/.exec(text) ?? [];
  if (prefix !== "table" && functions.includes(name)) return { kind: "function", name };
  const table = prefix === "function" ? undefined : onlyTable(name, tables);
  if (table !== undefined) return { kind: "table", name: table };
  const known = [
    "mail",
    "conflicts",
    ...brokers,
    ...functions.map((each) => `function:${each}`),
    ...tables.map((each) => `table:${shortName(each, tables)}`),
  ];
  const several = prefix === "function" || name === "" ? [] : tablesLike(name, tables);
  const matched = several.map((each) => `table:${shortName(each, tables)}`).join(", ");
  throw new FaultError(`"${text}" matches ${matched || "no target"}. Targets: ${known.join(", ")}`);
};

/** The shortest end of a table's name that no other table has. */
const shortName = (name: string, tables: readonly string[]): string => {
  const words = name.split("-");
  const endings = words.map((_, index) => words.slice(-1 - index).join("-"));
  return endings.find((ending) => onlyTable(ending, tables) === name) ?? name;
};

/**
 * The table of that name: in full, or behind the words that begin the names of all tables; else the only one whose name
 * contains the text. Case and dashes do not count.
 */
const onlyTable = (text: string, tables: readonly string[]): string | undefined => {
  if (tables.includes(text)) return text;
  const named = plain(`${commonWords(tables).join("")}${text}`);
  const [table, another] = tablesLike(text, tables);
  return another === undefined ? table : tables.find((name) => plain(name) === named);
};

const plain = (name: string): string => name.toLowerCase().replaceAll("-", "");

const tablesLike = (text: string, tables: readonly string[]): readonly string[] =>
  tables.filter((name) => plain(name).includes(plain(text)));

const commonWords = ([first = "", ...others]: readonly string[]): readonly string[] => {
  const words = first.split("-");
  const end = words.findIndex((word, at) => others.some((other) => other.split("-")[at] !== word));
  return end === -1 ? [] : words.slice(0, end);
};
