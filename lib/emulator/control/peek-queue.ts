import type { QueuePeek, WaitingMessage } from "../../operator/observe/view-types.ts";
import type { Messaging } from "../services/start-messaging.ts";

const MOST_MESSAGES = 100;
const LONGEST_BODY = 20_000;

type Queue = Messaging["queues"] extends { allQueues(): Iterable<infer Each> } ? Each : never;
type Message = ReturnType<Queue["inspectMessages"]>["ready"][number];

/** The messages of a queue by its physical name, as they are; undefined for an unknown one. Receives nothing. */
export function peekQueue({ queues }: Pick<Messaging, "queues">, name: string): QueuePeek | undefined {
  const queue = [...queues.allQueues()].find((each) => each.name === name);
  if (queue === undefined) return undefined;
  const { ready, delayed, inflight } = queue.inspectMessages();
  const all = [
    ...ready.map((message) => ({ message, state: "waiting" as const, visibleAt: undefined })),
    ...delayed.map((message) => ({ message, state: "delayed" as const, visibleAt: message.delayUntil })),
    ...inflight.map(({ message, visibilityDeadline }) => ({
      message,
      state: "in flight" as const,
      visibleAt: visibilityDeadline,
    })),
  ].sort((one, other) => one.message.sentTimestamp - other.message.sentTimestamp);
  return { queue: name, messages: all.slice(0, MOST_MESSAGES).map(viewOf), total: all.length };
}

function viewOf({
  message,
  state,
  visibleAt,
}: {
  readonly message: Message;
  readonly state: WaitingMessage["state"];
  readonly visibleAt: number | undefined;
}): WaitingMessage {
  const { messageId, sentTimestamp, approximateReceiveCount, messageAttributes, body } = message;
  const attributes = Object.entries(messageAttributes).map(
    ([name, { StringValue, BinaryValue = "" }]) => [name, StringValue ?? BinaryValue] as const,
  );
  return {
    id: messageId,
    state,
    sentAt: sentTimestamp,
    ...(visibleAt === undefined ? {} : { visibleAt }),
    receives: approximateReceiveCount,
    attributes: Object.fromEntries(attributes),
    body: body.slice(0, LONGEST_BODY),
  };
}
