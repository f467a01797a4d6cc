import type { WantedTopic } from "../../settings/wanted-topics.ts";

/** An existing topic. */
export interface ActualTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** A change of a topic, or a difference that is reported and not changed (`skip`). */
export type Step =
  | { readonly kind: "create"; readonly topic: WantedTopic }
  | {
      readonly kind: "configure";
      readonly name: string;
      readonly changes: readonly ConfigChange[];
      readonly configs: Readonly<Record<string, string>>;
    }
  | { readonly kind: "grow"; readonly name: string; readonly from: number; readonly to: number }
  | { readonly kind: "skip"; readonly name: string; readonly why: string }
  | { readonly kind: "unchanged"; readonly name: string };

export interface ConfigChange {
  readonly config: string;
  readonly from: string | undefined;
  readonly to: string;
}

/**
 * The steps from the existing topics to the wanted ones, in their order. Pure. Other topics are not touched. Nothing is
 * deleted, partitions are never removed, and replicas are not moved.
 */
export function planTopics(wanted: readonly WantedTopic[], actual: readonly ActualTopic[]): readonly Step[] {
  return wanted.flatMap((topic): readonly Step[] => {
    const found = actual.find(({ name }) => name === topic.name);
    if (found === undefined) return [{ kind: "create", topic }];
    const steps = [...configured(topic, found), ...grown(topic, found), ...replicated(topic, found)];
    return steps.length > 0 ? steps : [{ kind: "unchanged", name: topic.name }];
  });
}

/** True for steps that change the cluster. */
export function changes(step: Step): boolean {
  return step.kind === "create" || step.kind === "configure" || step.kind === "grow";
}

function configured({ name, configs }: WantedTopic, found: ActualTopic): readonly Step[] {
  const different = Object.entries(configs)
    .filter(([config, value]) => found.configs[config] !== value)
    .map(([config, to]) => ({ config, from: found.configs[config], to }));
  if (different.length === 0) return [];
  // Other configuration of the topic is kept.
  return [{ kind: "configure", name, changes: different, configs: { ...found.configs, ...configs } }];
}

function grown({ name, partitions }: WantedTopic, found: ActualTopic): readonly Step[] {
  if (found.partitions === partitions) return [];
  if (found.partitions < partitions) return [{ kind: "grow", name, from: found.partitions, to: partitions }];
  const why = `has ${found.partitions} partitions instead of ${partitions}; Kafka cannot remove partitions`;
  return [{ kind: "skip", name, why }];
}

function replicated({ name, replication }: WantedTopic, found: ActualTopic): readonly Step[] {
  if (found.replication === replication) return [];
  const why =
    `has ${found.replication} replicas instead of ${replication}; change them with kafka-reassign-partitions ` +
    "of Apache Kafka";
  return [{ kind: "skip", name, why }];
}

/** A step in words; `done` is false before it is made. */
export function describeStep(step: Step, done: boolean): string {
  switch (step.kind) {
    case "create": {
      const { name, partitions, replication, configs } = step.topic;
      const settings = Object.entries(configs).map(([config, value]) => `${config}=${value}`);
      return `${done ? "created" : "would create"} ${name}: ${partitions} partitions, ${replication} replicas, ${settings.join(", ")}`;
    }
    case "configure": {
      const each = step.changes.map(
        ({ config, from, to }) => `${config} from ${from ?? "its default"} to ${to}`,
      );
      return `${done ? "changed" : "would change"} ${step.name}: ${each.join(", ")}`;
    }
    case "grow":
      return (
        `${done ? "grew" : "would grow"} ${step.name} from ${step.from} to ${step.to} partitions; ` +
        "later events of an order may be in another partition than earlier ones, which the consumers tolerate"
      );
    case "skip":
      return `skipped ${step.name}: it ${step.why}`;
    case "unchanged":
      return `${step.name} is up to date`;
    default:
      return step satisfies never;
  }
}
