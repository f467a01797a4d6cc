import { msk, mskClient } from "../../lib/deploy/kafka-topics/msk.ts";
import { reconcileTopics } from "../../lib/deploy/kafka-topics/reconcile-topics.ts";
import { onClosedOutput, terminal } from "../../lib/terminal.ts";

/** `npm run kafka:topics`: creates or updates the topics of order-events on an existing MSK cluster. */
onClosedOutput();
process.exitCode = await reconcileTopics(process.argv.slice(2), {
  ...terminal,
  msk: (clusterArn) => msk(clusterArn, mskClient(clusterArn)),
});
