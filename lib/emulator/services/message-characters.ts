/**
 * The characters that SQS refuses: all but #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REFUSED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Replaces fauxqs's check of bodies, which refuses every character above #xFFFD, by that of SQS. */
export function acceptAllOfUnicode(expression: RegExp): void {
  Object.assign(expression, { test: (body: string) => REFUSED.test(body) });
}
