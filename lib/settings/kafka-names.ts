import { KAFKA } from "../../functions/contract/broker-names.ts";

/** The topics of a deployment, and the groups that read them. */
export interface KafkaNames {
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly group: string;
  readonly deadLetterGroup: string;
}

export interface OfACluster {
  readonly stage: string;
  /** Empty: one of the stack's own. */
  readonly kafkaClusterArn: string;
}

/** An existing cluster may serve several stages: there each has its own topics and groups. */
export function kafkaNames({ stage, kafkaClusterArn }: OfACluster): KafkaNames {
  const own = (name: string) => (kafkaClusterArn === "" ? name : `${stage}-${name}`);
  return {
    topic: own(KAFKA.topic),
    deadLetterTopic: own(KAFKA.deadLetterTopic),
    group: own(KAFKA.consumerGroup),
    deadLetterGroup: own(`${KAFKA.deadLetterTopic}-group`),
  };
}
