import { ENV } from "../../functions/contract/names.ts";
import { isRecord, type Json, recordAt } from "../../lib/emulator/assembly/template-values.ts";

/** The resource that reads the brokers' addresses from MSK. Importing lib/constructs/kafka-brokers.ts would load the CDK. */
const LOOK_UP = "Custom::KafkaBrokers";

/** A template and its changes in words. */
export interface AlteredTemplate {
  readonly template: Json;
  readonly changes: readonly string[];
}

/**
 * The template of the Kafka stack for an emulator, which has no MSK: its functions write to a broker without
 * authentication at these addresses, outside of any network. The event source mappings of topics are removed, because no
 * emulator polls Kafka; the bridge reads the topics instead.
 */
export function withoutMsk(template: Json, brokers: string): AlteredTemplate {
  const changes: string[] = [];
  const resources = Object.entries(recordAt(template["Resources"], "Resources"));
  const lookUps = new Set<string>();
  const kept = resources.flatMap(([id, value]) => {
    const resource = recordAt(value, id);
    const properties = recordAt(resource["Properties"] ?? {}, `${id}: Properties`);
    switch (resource["Type"]) {
      case LOOK_UP:
        lookUps.add(id);
        changes.push(`${LOOK_UP} is ${brokers}`);
        return [];
      case "AWS::Lambda::EventSourceMapping":
        if (properties["Topics"] === undefined) return [[id, resource]];
        changes.push(`the event source mapping of topic ${properties["Topics"]} is run by the bridge`);
        return [];
      case "AWS::Lambda::Function":
        return [[id, { ...resource, Properties: outsideNetworks(properties, changes) }]];
      default:
        return [[id, resource]];
    }
  });
  const altered = { ...template, Resources: Object.fromEntries(kept) };
  return { template: recordAt(replaced(altered, lookUps, brokers), "template"), changes };
}

function outsideNetworks(properties: Json, changes: string[]): Json {
  const { VpcConfig: network, ...rest } = properties;
  const name = String(properties["FunctionName"]);
  if (network !== undefined) changes.push(`${name} is in no network`);
  const environment = recordAt(rest["Environment"] ?? {}, `${name}: Environment`);
  const variables = recordAt(environment["Variables"] ?? {}, `${name}: Variables`);
  if (variables[ENV.kafkaSecurity] === undefined) return rest;
  changes.push(`${name} writes without TLS and tokens`);
  const Variables = { ...variables, [ENV.kafkaSecurity]: "plaintext" };
  return { ...rest, Environment: { ...environment, Variables } };
}

/** The value with the brokers' addresses in place of each attribute of a look-up. */
function replaced(value: unknown, lookUps: ReadonlySet<string>, brokers: string): unknown {
  if (Array.isArray(value)) return value.map((each) => replaced(each, lookUps, brokers));
  if (!isRecord(value)) return value;
  const asked = value["Fn::GetAtt"];
  if (Array.isArray(asked) && lookUps.has(String(asked[0]))) return brokers;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, replaced(each, lookUps, brokers)]),
  );
}
