import type { Queues } from "../publishing/ports/queues.ts";

/**
 * Queues whose client is loaded on first use: most invocations of a consumer never send a message, and the client is the
 * largest part of a cold start.
 */
export function sqsQueues(): Queues {
  let loaded: Promise<Queues> | undefined;
  const load = () => {
    // A separate module, so that the bundler leaves unused commands out.
    loaded ??= import("./sqs-client.ts").then(({ sqsClientQueues }) => sqsClientQueues());
    return loaded;
  };
  return {
    send: async (message) => (await load()).send(message),
    changeVisibility: async (queueUrl, entries) => (await load()).changeVisibility(queueUrl, entries),
    backlog: async (queueUrl) => (await load()).backlog(queueUrl),
  };
}
