/** Mails a second that one invocation starts easily: a claim, a mail and a mark take up to half a second, ten at a time. */
const MAILS_OF_ONE = 20;
/** AWS's minimum. */
const LEAST_CONCURRENCY = 2;
/** Before the end of an invocation no mail is started for so long: an attempt ends after five seconds. */
const RESERVE_SECONDS = 2;

export interface MailRate {
  readonly mailRatePerSecond: number;
}

/** Invocations at a time of a consumer that sends mails. */
export function mailConcurrency({ mailRatePerSecond }: MailRate): number {
  return Math.max(LEAST_CONCURRENCY, Math.ceil(mailRatePerSecond / MAILS_OF_ONE));
}

/** Milliseconds between two mails of one invocation, so that all together keep the rate. */
export function mailIntervalMs(rate: MailRate): number {
  return Math.ceil((1_000 * mailConcurrency(rate)) / rate.mailRatePerSecond);
}

/** Below this rate two mails at once, of two invocations, exceed it by a quarter or more: they share one pace. */
const SHARED_BELOW = 5;

/** Milliseconds between two mails of all invocations, where they share one pace; each mail costs a write more. */
export function sharedMailIntervalMs({ mailRatePerSecond }: MailRate): number | undefined {
  return mailRatePerSecond < SHARED_BELOW ? Math.ceil(1_000 / mailRatePerSecond) : undefined;
}

/** Messages that one invocation can send within its time-out: those beyond would use up receives. */
export function mostMails(rate: MailRate, timeoutSeconds: number): number {
  const sendingMs = 1_000 * Math.max(0, timeoutSeconds - RESERVE_SECONDS);
  return Math.max(1, Math.floor(sendingMs / mailIntervalMs(rate)));
}
