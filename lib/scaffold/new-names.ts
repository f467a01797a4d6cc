import { CONSUMER_NAMES, FUNCTIONS } from "../../functions/consumers/consumers.ts";
import { BROKER_FUNCTIONS } from "../../functions/contract/broker-names.ts";
import { ScaffoldError } from "./plan.ts";

const DASHED = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** With the stage before it and the suffix of a queue behind it, a name stays below the 64 characters of a function. */
const LENGTH = 32;

/** A name for a new function: lower case with dashes, and not taken. */
export function newFunctionName(what: string, name: string): string {
  if (!DASHED.test(name) || name.length > LENGTH)
    throw new ScaffoldError(
      `${what} is at most ${LENGTH} lower-case letters, digits and single dashes, as in award-points; received "${name}".`,
    );
  const taken: readonly string[] = [
    ...FUNCTIONS,
    ...Object.values(BROKER_FUNCTIONS).flat(),
    ...CONSUMER_NAMES,
  ];
  if (taken.includes(name))
    throw new ScaffoldError(`There is a function ${name} already. Choose another name.`);
  if (camel(name) in {})
    throw new ScaffoldError(`${name} is a property of every object. Choose another name.`);
  return name;
}

/** `awardPoints` of `award-points`. */
export function camel(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `AwardPoints` of `award-points`. */
export function pascal(name: string): string {
  return camel(`-${name}`);
}

/** One of the known values. The error lists them. */
export function knownOf<Value extends string>(what: string, value: string, known: readonly Value[]): Value {
  const found = known.find((each) => each === value);
  if (found === undefined)
    throw new ScaffoldError(`${what} is one of ${known.join(", ")}; received "${value}".`);
  return found;
}
