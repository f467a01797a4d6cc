/** Takes what a function writes, and reads it back as CloudWatch would. */
export interface Sink {
  readonly write: (text: string) => void;
  text(): string;
  /** Audit and error lines, as data. */
  lines(): Record<string, unknown>[];
  /** Metrics lines, as data. */
  metrics(): Record<string, unknown>[];
  /** The sum of one metric over all lines, those of one event type if it is given. */
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
