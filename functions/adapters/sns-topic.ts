import type { Clock } from "../middleware/clock.ts";
import type { Topic } from "../publishing/ports/publisher.ts";

/** A topic whose client is loaded on first use: operators read far more often than they publish. */
export function snsTopic(topicArn: string, clock: Clock): Topic {
  let loaded: Promise<Topic> | undefined;
  const load = () => {
    loaded ??= import("./sns-publisher.ts").then(({ snsClient, snsPublisher }) =>
      snsPublisher(snsClient(), topicArn, clock),
    );
    return loaded;
  };
  return {
    publish: async (...args) => (await load()).publish(...args),
    checkExists: async () => (await load()).checkExists(),
  };
}
