/** The object of a JSON line; undefined for other text. */
export function parseJsonLine(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
