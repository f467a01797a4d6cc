import type { Queues } from "../publishing/ports/queues.ts";

/**
 * Queues whose client is loaded on first use: most invocations of a consumer never send anything, and the
 * client is most of what a cold start would load.
 */
export function sqsQueues(): Queues {
  let loaded: Promise<Queues> | undefined;
  const load = () => {
    // A module of our own, so that the bundler sees which commands are used and leaves the others out.
    loaded ??= import("./sqs-client.ts").then(({ sqsClientQueues }) => sqsClientQueues());
    return loaded;
  };
  return {
    send: async (message) => (await load()).send(message),
    changeVisibility: async (queueUrl, entries) => (await load()).changeVisibility(queueUrl, entries),
    backlog: async (queueUrl) => (await load()).backlog(queueUrl),
  };
}
