import type { Attributes } from "./attributes.ts";
import { PARKED_ATTRIBUTES } from "./engine-names.ts";
import { errorLine } from "./error-text.ts";
import type { FailureLog, MessageFacts } from "./failure-log.ts";

/** The call of SQS that parking uses. */
export interface ParkingQueue {
  /** MUST resolve only once the queue has stored the message. `delaySeconds` is 0 to 900. */
  send(message: {
    readonly queueUrl: string;
    readonly body: string;
    readonly attributes: Attributes;
    readonly delaySeconds: number;
  }): Promise<void>;
}

/** A queue refuses an eleventh attribute. */
const ATTRIBUTES_AT_MOST = 10;
/** Characters that a queue takes in an attribute. https://www.w3.org/TR/REC-xml/#charsets */
const REFUSED = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g;

/**
 * Parks messages in a queue, such as the dead-letter queue of their own, at their first attempt. The reason and the
 * error travel as attributes. A message that the queue does not take is negative-acknowledged, and moved there by its
 * own queue after the last receive.
 */
export function parkInQueue(queue: ParkingQueue, queueUrl: string): FailureLog {
  return {
    async park({ body, attributes, consumer }: MessageFacts, reason, error) {
      const parked: Attributes = {
        ...withoutParked(attributes),
        [PARKED_ATTRIBUTES.reason]: reason,
        [PARKED_ATTRIBUTES.error]: (errorLine(error) ?? reason).replace(REFUSED, " "),
      };
      if (Object.keys(parked).length > ATTRIBUTES_AT_MOST) {
        throw new Error(
          `${reason}, not parked by ${consumer}: the message has more attributes than a queue takes.`,
        );
      }
      await queue.send({ queueUrl, body, attributes: parked, delaySeconds: 0 });
    },
    // The queue itself moves the message.
    lastAttemptFailed: async () => {},
    resolve: async () => {},
  };
}

/** Those of an earlier failure are replaced. */
function withoutParked(attributes: Attributes): Attributes {
  const { [PARKED_ATTRIBUTES.reason]: _, [PARKED_ATTRIBUTES.error]: __, ...others } = attributes;
  return others;
}
