import type { Clock } from "../ports/clock.ts";
import type { Publisher } from "../ports/publisher.ts";

/** A topic whose client is loaded on first use: operators look far more often than they publish. */
export function snsTopic(topicArn: string, clock: Clock): Publisher {
  let loaded: Promise<Publisher> | undefined;
  const load = () => {
    loaded ??= import("./sns-publisher.ts").then(({ snsClient, snsPublisher }) =>
      snsPublisher(snsClient(), topicArn, clock),
    );
    return loaded;
  };
  return { publish: async (events, deadline) => (await load()).publish(events, deadline) };
}
