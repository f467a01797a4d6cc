import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startStage } from "../../lib/emulator/start-emulator.ts";
import { synthesize } from "../../lib/emulator/synth.ts";
import { attach } from "./attach.ts";
import type { StageTarget } from "./target.ts";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A stage starts in two seconds; before the first one, the stacks are read and the functions bundled. */
export const STAGE_STARTS_MS = 180_000;

/** A stage of its own in this process, with the stacks as they are or with other settings (lib/config.ts). */
export async function openStage(settings: Readonly<Record<string, string>> = {}): Promise<StageTarget> {
  const assembly = async () => (await synthesize(ROOT, settings)).directory;
  const stage = await startStage({ port: 0, assembly });
  const target = await attach(stage.url);
  const { topics } = stage.messaging;
  const s3 = new S3Client({
    region: stage.endpoints.region,
    endpoint: stage.endpoints.s3,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    forcePathStyle: true,
  });
  return {
    ...target,
    async invoke(functionName, event = {}) {
      const result = await stage.host.invoke(functionName, event);
      if (result.kind !== "ok") throw new Error(`${functionName}: ${JSON.stringify(result)}`);
      return result.payload;
    },
    async leaveCrashedBatch(event) {
      const [Bucket] = stage.model.buckets;
      const Body = JSON.stringify({ payload: event });
      await s3.send(new PutObjectCommand({ Bucket, Key: `crashed/${randomUUID()}`, Body }));
    },
    stage: {
      ...target.stage,
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
      await stage.close();
    },
  };
}
