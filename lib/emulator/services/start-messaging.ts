import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildApp } from "fauxqs";
import type * as Persistence from "../../../node_modules/fauxqs/dist/persistence.d.ts";
import type * as S3 from "../../../node_modules/fauxqs/dist/s3/s3Store.d.ts";
import type * as Sns from "../../../node_modules/fauxqs/dist/sns/snsStore.d.ts";
import type * as Sqs from "../../../node_modules/fauxqs/dist/sqs/sqsStore.d.ts";
import type * as SqsTypes from "../../../node_modules/fauxqs/dist/sqs/sqsTypes.d.ts";
import type { Refusal } from "../calls/aws-call.ts";
import type { CallChecks } from "../calls/call-checks.ts";
import { messagingCall } from "../calls/messaging-call.ts";
import { refusalResponse } from "../calls/refusal-response.ts";
import { refuseData } from "../data-lock.ts";
import { elapsed } from "../elapsed.ts";
import { FOREIGN_REQUEST, foreignRequest } from "../foreign-requests.ts";
import { followClockSteps } from "./clock-steps.ts";
import { groupCommits } from "./durable-messages.ts";
import { acceptAllOfUnicode } from "./message-characters.ts";

/** SQS, SNS and S3 on one loopback port, and the stores behind them. */
export interface Messaging {
  readonly endpoint: string;
  readonly queues: Sqs.SqsStore;
  readonly topics: Sns.SnsStore;
  readonly buckets: S3.S3Store;
  close(): Promise<void>;
}

/**
 * Starts fauxqs in this process, with its state in `dataDir` if given.
 *
 * Assembled from its parts, because `startFauxqs` listens on every network interface.
 */
export async function startMessaging(options: {
  readonly region: string;
  readonly dataDir?: string;
  /** Called when messages cannot be stored any more, and when they can again. */
  readonly onWritable?: (isWritable: boolean) => void;
  readonly calls?: CallChecks;
}): Promise<Messaging> {
  const { SqsStore } = await part<typeof Sqs>("sqs/sqsStore.js");
  const { SnsStore } = await part<typeof Sns>("sns/snsStore.js");
  const { S3Store } = await part<typeof S3>("s3/s3Store.js");
  const { INVALID_MESSAGE_BODY_CHAR } = await part<typeof SqsTypes>("sqs/sqsTypes.js");
  acceptAllOfUnicode(INVALID_MESSAGE_BODY_CHAR);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const app = buildApp({ logger: false, defaultRegion: options.region, stores });
  app.addHook("onRequest", (request, reply, done) => {
    const detail = foreignRequest(request.raw);
    if (detail === undefined) done();
    else void reply.code(403).send({ status: 403, code: FOREIGN_REQUEST, detail });
  });
  if (options.calls !== undefined) checkCalls(app, options.calls);
  if (options.dataDir !== undefined) {
    const persistence = load(await part<typeof Persistence>("persistence.js"), options.dataDir, stores);
    groupCommits(persistence, app, stores.sqsStore, options.onWritable);
    for (const store of Object.values(stores)) store.persistence = persistence;
    for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
    app.addHook("preClose", () => persistence.close());
  }
  const unfollow = followClockSteps(stores.sqsStore, Date, elapsed);
  app.addHook("preClose", async () => unfollow());
  return {
    endpoint: await app.listen({ host: "127.0.0.1", port: 0 }),
    queues: stores.sqsStore,
    topics: stores.snsStore,
    buckets: stores.s3Store,
    close: () => app.close(),
  };
}

/** Loads the stores before they write through, so that existing messages are not written again. */
function load(
  { PersistenceManager }: typeof Persistence,
  dataDir: string,
  {
    sqsStore,
    snsStore,
    s3Store,
  }: { readonly sqsStore: Sqs.SqsStore; readonly snsStore: Sns.SnsStore; readonly s3Store: S3.S3Store },
): Persistence.PersistenceManager {
  try {
    const persistence = new PersistenceManager(dataDir);
    persistence.load(sqsStore, snsStore, s3Store);
    return persistence;
  } catch (cause) {
    return refuseData(dataDir, cause);
  }
}

/** Lets `calls` refuse a call before fauxqs executes it. */
function checkCalls(app: ReturnType<typeof buildApp>, calls: CallChecks): void {
  app.addHook("preHandler", (request, reply, done) => {
    const call = calls.isEmpty() ? undefined : messagingCall(request.raw, reply.raw, request.body);
    if (call === undefined) return done();
    const decided = (refusal: Refusal | undefined) => {
      if (refusal === undefined) return done();
      const { status, headers, body } = refusalResponse(call.service, refusal);
      void reply.code(status).headers(headers).send(body);
    };
    const refusal = calls.refusalOf(call);
    if (refusal instanceof Promise) refusal.then(decided, done);
    else decided(refusal);
  });
}

/** A module of fauxqs that its package does not export. */
async function part<Module>(file: string): Promise<Module> {
  const manifest = findPackageJSON("fauxqs", import.meta.url);
  if (manifest === undefined) throw new Error("fauxqs is not installed: npm ci");
  return import(pathToFileURL(join(dirname(manifest), "dist", file)).href) as Promise<Module>;
}
