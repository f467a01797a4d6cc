import { QUEUE_CONSUMERS } from "../../../../functions/consumers/consumers.ts";
import { emptyBundles } from "../../../../lib/constructs/bundle.ts";
import { addOrderEvents, newApp } from "../../../../lib/stacks/build-stacks.ts";

/** What the templates of a deployment allow. */
export interface TemplateLimits {
  /** Of the API: requests a second. */
  readonly throttleRate: number;
  /** Batch size and invocations at a time of each consumer's queue. */
  readonly consumers: ReadonlyMap<string, { readonly batchSize: number; readonly atATime: number }>;
  /** Batches of one shard of the stream at a time. */
  readonly parallelizationFactor: number;
}

interface CfnResource {
  readonly Type: string;
  // Templates of any shape; each value is read by its documented name.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly Properties?: any;
}

export function templateLimits(context: Readonly<Record<string, string>>): TemplateLimits {
  const { app } = addOrderEvents(newApp({ context }), emptyBundles());
  const stacks = app.synth().stacks.map(({ template }) => template.Resources as Record<string, CfnResource>);
  const of = (type: string) =>
    stacks.flatMap((resources) =>
      Object.values(resources)
        .filter(({ Type }) => Type === type)
        .map(({ Properties = {} }) => ({ properties: Properties, resources })),
    );
  const [stage] = of("AWS::ApiGateway::Stage");
  const mappings = of("AWS::Lambda::EventSourceMapping").map(({ properties, resources }) => ({
    properties,
    functionName: String(resources[properties.FunctionName?.Ref]?.Properties?.FunctionName ?? ""),
  }));
  const consumers = QUEUE_CONSUMERS.flatMap((name) => {
    // Its own queue comes first; queues of failed messages are read by another function.
    const own = mappings.find(({ functionName }) => functionName.endsWith(`-${name}`));
    const atATime = own?.properties.ScalingConfig?.MaximumConcurrency;
    return own === undefined
      ? []
      : [[name, { batchSize: Number(own.properties.BatchSize), atATime }] as const];
  });
  const publisher = mappings.find(({ functionName }) => functionName.endsWith("-publish-events"));
  return {
    throttleRate: Number(stage?.properties.MethodSettings?.[0]?.ThrottlingRateLimit),
    consumers: new Map(consumers),
    parallelizationFactor: Number(publisher?.properties.ParallelizationFactor ?? 1),
  };
}
