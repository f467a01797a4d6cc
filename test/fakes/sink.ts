/** Collects the output of a function, and parses it as CloudWatch does. */
export interface Sink {
  readonly write: (text: string) => void;
  text(): string;
  /** Parsed audit and error lines. */
  lines(): Record<string, unknown>[];
  /** Parsed metrics lines. */
  metrics(): Record<string, unknown>[];
  /** The sum of one metric over all lines, or those of one event type. */
  total(metric: string, type?: string): number;
}

export function sink(): Sink {
  let text = "";
  const parsed = () =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const metrics = () => parsed().filter((line) => "_aws" in line);
  return {
    write(more) {
      text += more;
    },
    text: () => text,
    lines: () => parsed().filter((line) => !("_aws" in line)),
    metrics,
    total: (metric, type) =>
      metrics()
        .filter((line) => type === undefined || line["type"] === type)
        .reduce((sum, line) => sum + Number(line[metric] ?? 0), 0),
  };
}
