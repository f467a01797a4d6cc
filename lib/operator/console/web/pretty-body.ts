/** JSON in lines where printing it again loses nothing; any other text as it is. */
export function prettyBody(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    // Duplicate keys, large numbers, `1.0` and the order of keys like "1" do not survive a parser.
    return JSON.stringify(value) === compact(body) ? JSON.stringify(value, null, 2) : body;
  } catch {
    return body;
  }
}

/** JSON without the white space between its tokens. */
function compact(json: string): string {
  return json.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, (_, text: string | undefined) => text ?? "");
}
