import type { FunctionSpec, KafkaMappingSpec, SqsMappingSpec, StreamMappingSpec } from "../types.ts";
import { batching } from "./batching.ts";
import type { QueueSpec } from "./model.ts";
import { functionOf } from "./read-functions.ts";
import { isKafkaCluster, kafkaMapping } from "./read-kafka.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import {
  AssemblyError,
  booleanAt,
  isRecord,
  listAt,
  numberAt,
  recordAt,
  stringAt,
} from "./template-values.ts";

/**
 * The event source mappings of queues, streams and topics, with Lambda's defaults.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
export function readMappings(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
  queues: readonly QueueSpec[],
): {
  readonly sqs: SqsMappingSpec[];
  readonly stream: StreamMappingSpec[];
  readonly kafka: KafkaMappingSpec[];
} {
  const sqs: SqsMappingSpec[] = [];
  const stream: StreamMappingSpec[] = [];
  const kafka: KafkaMappingSpec[] = [];
  assembly.read("AWS::Lambda::EventSourceMapping", (resource) => {
    const { path, properties } = resource;
    const source = stringAt(properties["EventSourceArn"], `${path}: EventSourceArn`);
    const functionName = functionOf(functions, properties["FunctionName"], `${path}: FunctionName`);
    if (source.startsWith("arn:aws:sqs:")) sqs.push(sqsMapping(resource, functionName, source, queues));
    else if (source.startsWith("arn:aws:dynamodb:"))
      stream.push(streamMapping(resource, functionName, source));
    else if (isKafkaCluster(source)) kafka.push(kafkaMapping(resource, functionName, source));
    else
      throw new AssemblyError(
        `${path}: the local emulator polls queues, table streams and Kafka topics, not ${source}`,
      );
  });
  return { sqs, stream, kafka };
}

function sqsMapping(
  { path, properties }: ResolvedResource,
  functionName: string,
  queueArn: string,
  queues: readonly QueueSpec[],
): SqsMappingSpec {
  const queue = queues.find(({ arn }) => arn === queueArn);
  if (queue === undefined) throw new AssemblyError(`${path} reads ${queueArn}, which is in no template`);
  if (properties["FilterCriteria"] !== undefined) {
    throw new AssemblyError(
      `${path}: a filter on a queue deletes the messages that it does not match; filter in SNS`,
    );
  }
  const scaling = recordAt(properties["ScalingConfig"] ?? {}, `${path}: ScalingConfig`);
  return {
    kind: "sqs",
    functionName,
    queueUrl: queue.url,
    queueArn,
    ...batching(properties, path, 10),
    maximumConcurrency: numberAt(scaling["MaximumConcurrency"], `${path}: MaximumConcurrency`, 1000),
  };
}

function streamMapping(
  { path, properties }: ResolvedResource,
  functionName: string,
  streamArn: string,
): StreamMappingSpec {
  for (const property of ["ParallelizationFactor", "TumblingWindowInSeconds"]) {
    if (properties[property] !== undefined) {
      throw new AssemblyError(
        `${path}: the local emulator reads a shard with one reader, without ${property}`,
      );
    }
  }
  const destination = destinationBucket(properties["DestinationConfig"], path);
  return {
    kind: "stream",
    functionName,
    tableName: stringAt(streamArn.split("/")[1], `${path}: EventSourceArn`),
    streamArn,
    ...batching(properties, path, 100),
    bisect: booleanAt(properties["BisectBatchOnFunctionError"], `${path}: BisectBatchOnFunctionError`, false),
    maximumRetryAttempts: numberAt(properties["MaximumRetryAttempts"], `${path}: MaximumRetryAttempts`, -1),
    maximumRecordAgeSeconds: numberAt(
      properties["MaximumRecordAgeInSeconds"],
      `${path}: MaximumRecordAge`,
      -1,
    ),
    filters: filterPatterns(properties["FilterCriteria"], path),
    ...(destination === undefined ? {} : { destinationBucket: destination }),
    startingPosition: properties["StartingPosition"] === "LATEST" ? "LATEST" : "TRIM_HORIZON",
  };
}

function filterPatterns(criteria: unknown, path: string): string[] {
  if (criteria === undefined) return [];
  const filters = listAt(recordAt(criteria, `${path}: FilterCriteria`)["Filters"], `${path}: Filters`);
  return filters.map((filter) => stringAt(recordAt(filter, path)["Pattern"], `${path}: Pattern`));
}

function destinationBucket(config: unknown, path: string): string | undefined {
  const onFailure = isRecord(config) ? config["OnFailure"] : undefined;
  if (!isRecord(onFailure)) return undefined;
  const destination = stringAt(onFailure["Destination"], `${path}: OnFailure.Destination`);
  if (!destination.startsWith("arn:aws:s3:::")) {
    throw new AssemblyError(
      `${path}: only a bucket keeps the payload of the records; the destination is ${destination}`,
    );
  }
  return destination.slice("arn:aws:s3:::".length);
}
