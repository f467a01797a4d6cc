import { escapeKey, jsonFault } from "../../middleware/json-faults.ts";
import type { EditFault } from "../domain/edited-body.ts";

/** What the API refuses in a body, of the text of an edited one: it is sent byte for byte. Never throws. */
export function textFault(text: string): EditFault | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { detail: "The body is not valid JSON.", pointer: "/body" };
  }
  const fault = jsonFault(text);
  if (fault !== undefined) return { detail: fault.detail, pointer: `/body${fault.pointer}` };
  const pointer = loneSurrogate(value);
  if (pointer === undefined) return undefined;
  return {
    detail: `${pointer === "" ? "The body" : pointer} holds a lone surrogate.`,
    pointer: `/body${pointer}`,
  };
}

/** The pointer of the first string or key that is not Unicode. The depth was checked before. */
function loneSurrogate(value: unknown): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : "";
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const below = key.isWellFormed() ? loneSurrogate(item) : "";
    if (below !== undefined) return `/${escapeKey(key).toWellFormed()}${below}`;
  }
  return undefined;
}
