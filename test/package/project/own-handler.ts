import middy from "@middy/core";
import {
  audit,
  type BatchMiddleware,
  batch,
  batchOf,
  DONE,
  metrics,
  runRecords,
  sqs,
} from "order-events/middleware";

/** A middleware of the project, in a middy handler of the project. */
const count: BatchMiddleware = {
  after(request) {
    const { outcomes } = batchOf(request);
    process.stdout.write(`${outcomes.filter((outcome) => outcome?.kind === "done").length} done\n`);
  },
};

export const handler = middy()
  .use(
    batch({
      name: "own",
      transport: sqs(),
      decode: ({ body }) => ({ kind: "message", message: body, type: "text" }),
      handle: { one: () => DONE },
    }),
  )
  .use(metrics({ namespace: "shop" }))
  .use(audit())
  .use(count)
  .handler(runRecords);
