import { readAlarms } from "./alarms.ts";
import { readApi } from "./api.ts";
import { readFunctions } from "./functions.ts";
import type { Place } from "./identities.ts";
import { readKafkaTopics } from "./kafka.ts";
import { readMappings } from "./mappings.ts";
import type { StageModel } from "./model.ts";
import type { StackTemplate } from "./read-assembly.ts";
import { resolveAssembly } from "./resolve-assembly.ts";
import { readSchedules } from "./schedules.ts";
import { readBuckets, readQueues, readSubscriptions, readTables, readTopics } from "./storage.ts";

/** What the stage runs, read from the templates. Throws AssemblyError for what it would have to leave out. */
export function stageModel(stacks: readonly StackTemplate[], place: Place): StageModel {
  const assembly = resolveAssembly(stacks, place);
  const functions = readFunctions(assembly, place);
  const queues = readQueues(assembly);
  const mappings = readMappings(assembly, functions, queues);
  return {
    functions,
    queues,
    tables: readTables(assembly),
    topics: readTopics(assembly),
    subscriptions: readSubscriptions(assembly),
    buckets: readBuckets(assembly),
    sqsMappings: mappings.sqs,
    streamMappings: mappings.stream,
    kafkaMappings: mappings.kafka,
    kafkaTopics: readKafkaTopics(assembly),
    api: readApi(assembly, functions),
    schedules: readSchedules(assembly, functions),
    alarms: readAlarms(assembly),
  };
}
