/** The counted messages. */
export interface Counted {
  readonly outcome: string;
  readonly consumer: string;
  readonly type: string;
}

/** The EMF lines of a consumer in log lines. */
export function metricLines(logs: readonly string[], consumer: string): Readonly<Record<string, unknown>>[] {
  return logs.flatMap((text) => {
    const line = text.startsWith('{"_aws"') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return line["consumer"] === consumer ? [line] : [];
  });
}

/** Number of messages with the outcome, by the sum of their lines. */
export function countIn(logs: readonly string[], { outcome, consumer, type }: Counted): number {
  return metricLines(logs, consumer)
    .filter((line) => line["type"] === type)
    .reduce((sum, line) => sum + Number(line[`mq.messages.${outcome}`] ?? 0), 0);
}
