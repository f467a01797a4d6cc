import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { startStage } from "../../lib/local/stage.ts";
import { synthesize } from "../../lib/local/synth.ts";
import { attach } from "./attach.ts";
import type { StageTarget } from "./target.ts";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A stage of its own in this process, with the stacks as they are or with other settings (lib/config.ts). */
export async function openStage(settings: Readonly<Record<string, string>> = {}): Promise<StageTarget> {
  const assembly = async () => (await synthesize(ROOT, settings)).directory;
  const stage = await startStage({ port: 0, assembly });
  const target = await attach(stage.url);
  const { topics } = stage.messaging;
  return {
    ...target,
    stage: {
      ...target.stage,
      async invoke(functionName, event = {}) {
        const result = await stage.host.invoke(functionName, event);
        if (result.kind !== "ok") throw new Error(`${functionName}: ${JSON.stringify(result)}`);
        return result.payload;
      },
      loseTopic() {
        const getTopic = topics.getTopic;
        topics.getTopic = () => undefined;
        return () => {
          topics.getTopic = getTopic;
        };
      },
    },
    async close() {
      await target.close();
      await stage.close();
    },
  };
}
