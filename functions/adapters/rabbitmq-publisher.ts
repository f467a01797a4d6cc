import type { Clock } from "../middleware/clock.ts";
import type { Published } from "../publishing/ports/publisher.ts";
import { openChannel, type RabbitChannel } from "./rabbitmq-client.ts";
import type { RabbitConnection } from "./rabbitmq-connection.ts";
import {
  blocked,
  type Destination,
  isLost,
  isPermanent,
  type RabbitCode,
  RabbitRefusal,
  refusalOf,
  unreachable,
  unroutable,
} from "./rabbitmq-errors.ts";

/** A message for an exchange. It survives a restart of the broker. */
export interface RabbitMessage extends Destination {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
  readonly messageId: string;
  readonly type?: string;
  readonly contentType?: string;
  readonly correlationId?: string;
}

export interface RabbitPublisher {
  /**
   * One result for each message, in sequence. Never rejects. `published` means that the broker has confirmed that the
   * message is in a queue. A message without an answer by `deadline` is refused, and may be in a queue.
   */
  publish(messages: readonly RabbitMessage[], deadline: number): Promise<Published[]>;
  /** Closes the connection; the next call opens a new one. */
  close(): void;
}

/**
 * The time-out on a connection from an earlier call, which may be dead after a freeze. A message that was on its way is
 * published twice then.
 */
const WARM_TIMEOUT_MS = 3_000;

type Answer = { readonly kind: "queued" } | { readonly kind: "refused"; readonly refusal: RabbitRefusal };

/** Publishes with confirms. The connection is opened at the first call and kept; a dead one is replaced once a call. */
export function rabbitPublisher(connection: RabbitConnection, clock: Clock): RabbitPublisher {
  let open: RabbitChannel | undefined;
  let isStale = false;
  return {
    async publish(messages, deadline) {
      const answers = await sendAll(messages, deadline);
      return answers.map((answer): Published => {
        if (answer.kind === "queued") return { kind: "published" };
        const { refusal } = answer;
        return { kind: "refused", permanent: isPermanent(refusal), error: refusal };
      });
    },
    close,
  };

  async function sendAll(messages: readonly RabbitMessage[], deadline: number): Promise<Answer[]> {
    const wasWarm = open !== undefined;
    const answers = await attempt(
      messages,
      wasWarm ? Math.min(deadline, clock.now() + WARM_TIMEOUT_MS) : deadline,
    );
    const codes = new Set(answers.flatMap((each) => (each.kind === "refused" ? each.refusal.code : [])));
    // The broker closes the channel because of one message, and the client reports that of whichever was first.
    const goAlone =
      messages.length > 1 &&
      [...codes].some(closesChannel) &&
      !(codes.size === 1 && [...codes].every(isOfAll));
    const isAgain = (answer: Answer): boolean =>
      answer.kind === "refused" &&
      (goAlone ? closesChannel(answer.refusal.code) : wasWarm && isLost(answer.refusal));
    const again = messages.filter((_, index) => isAgain(answers[index] as Answer));
    if (again.length === 0) return answers;
    const later = goAlone ? [] : await attempt(again, deadline);
    if (goAlone) for (const message of again) later.push(...(await sendAll([message], deadline)));
    const next = later.values();
    return answers.map((answer) => (isAgain(answer) ? (next.next().value ?? answer) : answer));
  }

  function close(): void {
    open?.destroy();
    open = undefined;
  }

  /** Publishes once. A channel that failed is closed, so that nothing is decided by what is left of it. */
  async function attempt(messages: readonly RabbitMessage[], deadline: number): Promise<Answer[]> {
    if (messages.length === 0) return [];
    const ended = new AbortController();
    const late = clock.sleep(Math.max(0, deadline - clock.now()), ended.signal).then(() => undefined);
    try {
      const channel = await Promise.race([connected(), late]);
      if (channel === undefined) return messages.map(() => refused(unreachable(connection)));
      const answers = await Promise.all(messages.map((message) => answerTo(channel, message, late)));
      if (answers.some((answer) => answer.kind === "refused" && closesChannel(answer.refusal.code))) close();
      return answers;
    } catch (error) {
      close();
      const refusal = refusalOf(error, connection);
      isStale = refusal.code === "LOGIN_REFUSED";
      return messages.map(() => refused(refusal));
    } finally {
      ended.abort("answered");
    }
  }

  async function connected(): Promise<RabbitChannel> {
    if (open !== undefined) return open;
    const credentials = await connection.credentials(isStale).catch((cause: unknown) => {
      throw new RabbitRefusal(
        "SECRET_UNREADABLE",
        `The secret with the broker's user could not be read (${String((cause as Error | null)?.name)}). Check RABBITMQ_SECRET, its permissions and the way to Secrets Manager.`,
        { cause },
      );
    });
    const channel = await openChannel(connection, credentials);
    isStale = false;
    open = channel;
    return channel;
  }

  async function answerTo(
    channel: RabbitChannel,
    { body, ...envelope }: RabbitMessage,
    late: Promise<undefined>,
  ): Promise<Answer> {
    try {
      const answer = await Promise.race([channel.publish(envelope, body), late]);
      if (answer === undefined) {
        const why = channel.blockedBecause();
        return refused(why === undefined ? unreachable(connection) : blocked(connection, why));
      }
      return answer === "queued" ? { kind: "queued" } : refused(unroutable(envelope));
    } catch (error) {
      return refused(refusalOf(error, connection, envelope));
    }
  }
}

const refused = (refusal: RabbitRefusal): Answer => ({ kind: "refused", refusal });

/** A full queue and a missing binding are answers; everything else ends the channel, or leaves it in doubt. */
function closesChannel(code: RabbitCode): boolean {
  return code !== "QUEUE_FULL" && code !== "UNROUTABLE";
}

/** What keeps every message away alike, whichever is sent first. */
function isOfAll(code: RabbitCode): boolean {
  return (
    code !== "MESSAGE_TOO_LARGE" &&
    code !== "EXCHANGE_NOT_FOUND" &&
    code !== "ACCESS_REFUSED" &&
    code !== "CLIENT"
  );
}
