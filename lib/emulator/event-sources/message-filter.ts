import type { SQSRecord } from "aws-lambda";
import { compileFilters } from "../assembly/filter-pattern.ts";

/**
 * Whether a message passes the filters of its mapping. A pattern for fields of the body passes no body that is not JSON;
 * a body of plain text is matched as text.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function compileMessageFilter(patterns: readonly string[]): (record: SQSRecord) => boolean {
  const passes = compileFilters(patterns);
  return (record) => patterns.length === 0 || passes({ ...record, body: parsed(record.body) });
}

function parsed(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" ? value : body;
  } catch {
    return body;
  }
}
