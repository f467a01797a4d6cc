import type { SimulatedSystem } from "../simulated-system.ts";
import { bodyOf, kafkaEventOf, type LogRecord, type ProducerRecord } from "./log.ts";

export type GiveUpReason = "RetriesExhausted" | "RecordAgeExceeded";

/** Sends a record to the dead-letter topic; returns whether the topic accepted it. */
export function sendToDeadLetters(
  { random, faultProfile, kafka, areFaultsOver }: SimulatedSystem,
  record: LogRecord,
  condition: GiveUpReason,
): boolean {
  if (!areFaultsOver && random.chance(faultProfile.topic)) return false;
  if (kafka?.hasDestination === true) kafka.deadLetters.append(givenUp(record, condition));
  return true;
}

/**
 * The document that Lambda writes about a record that it gave up on.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
 */
export function givenUp(record: LogRecord, condition: GiveUpReason): ProducerRecord {
  const value = JSON.stringify({
    requestContext: {
      requestId: "request",
      functionArn: "order-events-kafka",
      condition,
      approximateInvokeCount: 1,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "" },
    version: "1.0",
    payload: kafkaEventOf([record]),
  });
  return { key: record.key, value, headers: {} };
}

/** The body of a record, or of the failed record inside Lambda's document. */
export function bodyAbout(record: ProducerRecord): string | undefined {
  const body = bodyOf(record);
  if (body?.startsWith('{"requestContext"') !== true) return body;
  const { payload } = JSON.parse(body) as { payload: ReturnType<typeof kafkaEventOf> };
  const [inner] = Object.values(payload.records).flat() as { value?: string }[];
  if (inner?.value === undefined) return undefined;
  const bytes = Buffer.from(inner.value, "base64");
  const text = bytes.toString("utf8");
  return text.includes("\uFFFD") ? inner.value : text;
}
