import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { LimitOptions } from "../../lib/emulator/aws-limits/limit-options.ts";
import { orderEventsApp } from "../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { startEmulator } from "../../lib/emulator/start-emulator.ts";
import { attach } from "./attach.ts";
import { recordAllowed, recordDecision } from "./decisions.ts";
import type { EmulatorTarget } from "./target.ts";
import { type TakenGrant, withoutGrants } from "./without-grants.ts";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** An emulator starts in two seconds; the first one also reads the stacks and bundles the functions. */
export const EMULATOR_STARTS_MS = 180_000;

/**
 * An emulator in this process, with the default or other settings (lib/config.ts), within limits of AWS, or without some
 * grants.
 */
export async function openEmulator(
  settings: Readonly<Record<string, string>> = {},
  limits: LimitOptions = {},
  taken: readonly TakenGrant[] = [],
): Promise<EmulatorTarget> {
  const assembly = async () => {
    const { directory } = await synthesize(ROOT, settings);
    return taken.length === 0 ? directory : withoutGrants(directory, taken);
  };
  const onDecided = taken.length === 0 ? recordDecision : recordAllowed;
  const emulator = await startEmulator({ app: orderEventsApp, port: 0, assembly, limits, onDecided });
  const target = await attach(emulator.url);
  const { topics } = emulator.messaging;
  const s3 = new S3Client({
    region: emulator.endpoints.region,
    endpoint: emulator.endpoints.s3,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    forcePathStyle: true,
  });
  return {
    ...target,
    async invoke(functionName, event = {}) {
      const result = await emulator.host.invoke(functionName, event);
      if (result.kind !== "ok") throw new Error(`${functionName}: ${JSON.stringify(result)}`);
      return result.payload;
    },
    async leaveCrashedBatch(event) {
      const [Bucket] = emulator.model.buckets;
      const Body = JSON.stringify({ payload: event });
      await s3.send(new PutObjectCommand({ Bucket, Key: `crashed/${randomUUID()}`, Body }));
    },
    emulator: {
      ...target.emulator,
      loseTopic() {
        const getTopic = topics.getTopic;
        topics.getTopic = () => undefined;
        return () => {
          topics.getTopic = getTopic;
        };
      },
    },
    async close() {
      s3.destroy();
      await target.close();
      await emulator.close();
    },
  };
}
