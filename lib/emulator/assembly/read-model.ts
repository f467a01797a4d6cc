import type { AssemblyEndpoints } from "./identities.ts";
import type { EmulatorModel } from "./model.ts";
import { readAlarms } from "./read-alarms.ts";
import type { StackTemplate } from "./read-assembly.ts";
import { readAsyncConfigs } from "./read-async-configs.ts";
import { readConfigurationSets } from "./read-configuration-sets.ts";
import { readMappings } from "./read-event-source-mappings.ts";
import { readFunctions } from "./read-functions.ts";
import { readHttpApis } from "./read-http-apis.ts";
import { readKafkaTopics } from "./read-kafka.ts";
import { readPermissions } from "./read-permissions.ts";
import { readRabbitTopologies } from "./read-rabbitmq.ts";
import { readRestApis } from "./read-rest-apis.ts";
import { readSchedules } from "./read-schedules.ts";
import { readStatusCounts } from "./read-status-counts.ts";
import { readBuckets, readQueues, readSubscriptions, readTables, readTopics } from "./read-storage.ts";
import { resolveAssembly } from "./resolve-assembly.ts";
import { topicDeliveries } from "./topic-deliveries.ts";

/** What the emulator runs, read from the templates, and what it leaves out, each with its reason. */
export function readModel(stacks: readonly StackTemplate[], endpoints: AssemblyEndpoints): EmulatorModel {
  const assembly = resolveAssembly(stacks, endpoints);
  const functions = readFunctions(assembly, endpoints);
  const queues = readQueues(assembly);
  const subscriptions = readSubscriptions(assembly);
  const tables = readTables(assembly);
  const mappings = readMappings(assembly, functions, queues, tables);
  const model = {
    functions,
    queues,
    tables,
    topics: readTopics(assembly),
    subscriptions,
    topicDeliveries: topicDeliveries(assembly, functions, subscriptions, endpoints),
    buckets: readBuckets(assembly),
    configurationSets: readConfigurationSets(assembly),
    sqsMappings: mappings.sqs,
    streamMappings: mappings.stream,
    kafkaMappings: mappings.kafka,
    kafkaTopics: readKafkaTopics(assembly),
    rabbitMappings: mappings.rabbitmq,
    rabbitTopologies: readRabbitTopologies(assembly),
    apis: [...readRestApis(assembly, functions), ...readHttpApis(assembly, functions)],
    schedules: readSchedules(assembly, functions),
    asyncConfigs: readAsyncConfigs(assembly, functions),
    alarms: readAlarms(assembly),
    statusCounts: readStatusCounts(assembly),
    permissions: readPermissions(assembly, functions, endpoints),
  };
  // Last: each reader adds to it.
  return { ...model, leftOut: assembly.leftOut() };
}
