import { batching, retrying } from "./batching.ts";
import { compileFilters } from "./filter-pattern.ts";
import type {
  FunctionSpec,
  KafkaMappingSpec,
  QueueSpec,
  RabbitMappingSpec,
  SqsMappingSpec,
  StreamMappingSpec,
  TableSpec,
} from "./model.ts";
import { functionOf } from "./read-functions.ts";
import { isKafkaCluster, kafkaMapping } from "./read-kafka.ts";
import { isRabbitBroker, rabbitMapping } from "./read-rabbitmq.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import { AssemblyError, isRecord, listAt, numberAt, recordAt, stringAt } from "./template-values.ts";

/**
 * The event source mappings of queues, streams and topics, with Lambda's defaults.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
export function readMappings(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
  queues: readonly QueueSpec[],
  tables: readonly TableSpec[],
): {
  readonly sqs: SqsMappingSpec[];
  readonly stream: StreamMappingSpec[];
  readonly kafka: KafkaMappingSpec[];
  readonly rabbitmq: RabbitMappingSpec[];
} {
  const sqs: SqsMappingSpec[] = [];
  const stream: StreamMappingSpec[] = [];
  const kafka: KafkaMappingSpec[] = [];
  const rabbitmq: RabbitMappingSpec[] = [];
  assembly.read("AWS::Lambda::EventSourceMapping", (resource) => {
    const { path, properties } = resource;
    const source = stringAt(properties["EventSourceArn"], `${path}: EventSourceArn`);
    const functionName = functionOf(functions, properties["FunctionName"], `${path}: FunctionName`);
    if (source.startsWith("arn:aws:sqs:")) sqs.push(sqsMapping(resource, functionName, source, queues));
    else if (source.startsWith("arn:aws:dynamodb:"))
      stream.push(streamMapping(resource, functionName, source, tables));
    else if (isKafkaCluster(source)) kafka.push(kafkaMapping(resource, functionName, source));
    else if (isRabbitBroker(source)) rabbitmq.push(rabbitMapping(resource, functionName, source));
    else
      throw new AssemblyError(
        `${path}: the local emulator polls queues, table streams, Kafka topics and queues of RabbitMQ, not ${source}`,
      );
  });
  return { sqs, stream, kafka, rabbitmq };
}

function sqsMapping(
  { path, properties }: ResolvedResource,
  functionName: string,
  queueArn: string,
  queues: readonly QueueSpec[],
): SqsMappingSpec {
  const queue = queues.find(({ arn }) => arn === queueArn);
  if (queue === undefined) throw new AssemblyError(`${path} reads ${queueArn}, which is in no template`);
  const scaling = recordAt(properties["ScalingConfig"] ?? {}, `${path}: ScalingConfig`);
  return {
    kind: "sqs",
    functionName,
    queueUrl: queue.url,
    queueArn,
    ...batching(properties, path, 10),
    maximumConcurrency: numberAt(scaling["MaximumConcurrency"], `${path}: MaximumConcurrency`, 1000),
    filters: filterPatterns(properties["FilterCriteria"], path),
  };
}

function streamMapping(
  { path, properties }: ResolvedResource,
  functionName: string,
  streamArn: string,
  tables: readonly TableSpec[],
): StreamMappingSpec {
  const tableName = stringAt(streamArn.split("/")[1], `${path}: EventSourceArn`);
  const table = tables.find(({ name }) => name === tableName);
  if (table === undefined)
    throw new AssemblyError(`${path} reads the stream of the table ${tableName}, which is in no template`);
  if (numberAt(properties["TumblingWindowInSeconds"], `${path}: TumblingWindowInSeconds`, 0) > 0)
    throw new AssemblyError(`${path}: the local emulator has no tumbling windows`);
  return {
    kind: "stream",
    functionName,
    tableName,
    streamArn,
    ...batching(properties, path, 100),
    ...retrying(properties, path),
    filters: filterPatterns(properties["FilterCriteria"], path),
    ...destinationOf(properties["DestinationConfig"], path),
    parallelism: numberAt(properties["ParallelizationFactor"], `${path}: ParallelizationFactor`, 1),
    partitionKey: partitionKeyOf(table, path),
  };
}

function partitionKeyOf({ createInput }: TableSpec, path: string): string {
  const schema = listAt(createInput["KeySchema"], `${path}: KeySchema`).map((key) => recordAt(key, path));
  const key = schema.find(({ KeyType }) => KeyType === "HASH");
  return stringAt(key?.["AttributeName"], `${path}: the partition key of its table`);
}

function filterPatterns(criteria: unknown, path: string): string[] {
  if (criteria === undefined) return [];
  const filters = listAt(recordAt(criteria, `${path}: FilterCriteria`)["Filters"], `${path}: Filters`);
  const patterns = filters.map((filter) => stringAt(recordAt(filter, path)["Pattern"], `${path}: Pattern`));
  // Rejects what it does not know, so that the mapping is left out with the reason.
  compileFilters(patterns);
  return patterns;
}

function destinationOf(config: unknown, path: string) {
  const onFailure = isRecord(config) ? config["OnFailure"] : undefined;
  if (!isRecord(onFailure)) return {};
  const destination = stringAt(onFailure["Destination"], `${path}: OnFailure.Destination`);
  const bucket = /^arn:aws:s3:::(.+)$/.exec(destination)?.[1];
  if (bucket !== undefined) return { destinationBucket: bucket };
  if (/^arn:aws:(sqs|sns):/.test(destination)) return { destinationArn: destination };
  throw new AssemblyError(
    `${path}: the local emulator writes failed batches to a bucket, queue or topic, not to ${destination}`,
  );
}
