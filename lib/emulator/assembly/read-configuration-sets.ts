import type { ConfigurationSetSpec, MailDestination } from "./model.ts";
import type { ResolvedAssembly } from "./resolve-assembly.ts";
import { AssemblyError, booleanAt, isRecord, listAt, recordAt, stringAt } from "./template-values.ts";

/** The configuration sets of SES, with the topics that get the events of their mails. */
export function readConfigurationSets(assembly: ResolvedAssembly): ConfigurationSetSpec[] {
  const destinations = assembly.read("AWS::SES::ConfigurationSetEventDestination", ({ path, properties }) => {
    const destination = recordAt(properties["EventDestination"], `${path}: EventDestination`);
    const { SnsDestination: sns, MatchingEventTypes: types, Enabled: enabled } = destination;
    if (!isRecord(sns))
      throw new AssemblyError(`${path}: the local emulator publishes events of mails to topics only`);
    return {
      set: stringAt(properties["ConfigurationSetName"], `${path}: ConfigurationSetName`),
      topicArn: stringAt(sns["TopicARN"], `${path}: TopicARN`),
      types: booleanAt(enabled, `${path}: Enabled`, true)
        ? listAt(types, `${path}: MatchingEventTypes`).map(String)
        : [],
    };
  });
  const of = (name: string): MailDestination[] =>
    destinations.flatMap(({ set, topicArn, types }) => (set === name ? [{ topicArn, types }] : []));
  return assembly.read("AWS::SES::ConfigurationSet", ({ name }) => ({ name, destinations: of(name) }));
}
