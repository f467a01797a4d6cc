import { QUEUE_CONSUMERS, type QueueConsumer } from "../../../../functions/consumers/consumers.ts";
import { emptyBundles } from "../../../../lib/constructs/bundle.ts";
import { addOrderEvents, newApp } from "../../../../lib/stacks/build-stacks.ts";

/** What the templates of a deployment allow. */
export interface TemplateLimits {
  /** Of the API: requests a second. */
  readonly throttleRate: number;
  /** Batch size and invocations at a time of each consumer's queue. */
  readonly consumers: ReadonlyMap<QueueConsumer, { readonly batchSize: number; readonly atATime: number }>;
  /** Batches of one shard of the stream at a time. */
  readonly parallelizationFactor: number;
}

type Values = Readonly<Record<string, unknown>>;
interface CfnResource {
  readonly Type: string;
  readonly Properties?: Values;
}

export function templateLimits(context: Readonly<Record<string, string>>): TemplateLimits {
  const { app } = addOrderEvents(newApp({ context }), emptyBundles());
  const stacks = app.synth().stacks.map(({ template }) => template.Resources as Record<string, CfnResource>);
  const of = (type: string) =>
    stacks.flatMap((resources) =>
      Object.values(resources)
        .filter(({ Type }) => Type === type)
        .map(({ Properties: properties = {} }) => ({ properties, resources })),
    );
  const mappings = of("AWS::Lambda::EventSourceMapping").map(({ properties, resources }) => {
    const { Ref: id } = properties["FunctionName"] as { readonly Ref?: string };
    return { properties, functionName: String(resources[id ?? ""]?.Properties?.["FunctionName"]) };
  });
  const mappingOf = (name: string): Values =>
    mappings.find(({ functionName }) => functionName.endsWith(`-${name}`))?.properties ?? {};
  const consumers = QUEUE_CONSUMERS.filter((name) => "BatchSize" in mappingOf(name)).map((name) => {
    const { BatchSize: batchSize, ScalingConfig: scaling } = mappingOf(name);
    const { MaximumConcurrency: atATime } = scaling as { readonly MaximumConcurrency: number };
    return [name, { batchSize: Number(batchSize), atATime }] as const;
  });
  const [stage] = of("AWS::ApiGateway::Stage");
  const [settings = {}] = (stage?.properties["MethodSettings"] ?? []) as readonly Values[];
  return {
    throttleRate: Number(settings["ThrottlingRateLimit"]),
    consumers: new Map(consumers),
    parallelizationFactor: Number(mappingOf("publish-events")["ParallelizationFactor"] ?? 1),
  };
}
