/** Narrows the values of a template. Every error names the place, so that a typo in a stack is found at once. */

export type Json = Readonly<Record<string, unknown>>;

/** A part of the cloud assembly that the emulator cannot run. The message has the place and the remedy. */
export class AssemblyError extends Error {
  override readonly name = "AssemblyError";
}

export const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refuse = (where: string, expected: string, value: unknown): never => {
  throw new AssemblyError(`${where} should be ${expected}, found ${JSON.stringify(value)}`);
};

export const recordAt = (value: unknown, where: string): Json =>
  isRecord(value) ? value : refuse(where, "an object", value);

export const listAt = (value: unknown, where: string): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : refuse(where, "a list", value);

export const stringAt = (value: unknown, where: string): string =>
  typeof value === "string" ? value : refuse(where, "a string", value);

/** Templates hold numbers as numbers or as strings. */
export function numberAt(value: unknown, where: string, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : refuse(where, "a number", value);
}

export const booleanAt = (value: unknown, where: string, fallback: boolean): boolean =>
  value === undefined
    ? fallback
    : value === true || value === "true"
      ? true
      : value === false || value === "false"
        ? false
        : refuse(where, "true or false", value);

/** JSON attributes of SQS and SNS are strings in a request and objects in a template. */
export const jsonText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
