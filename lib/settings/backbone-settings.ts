import { type Rule, SettingError } from "./read-setting.ts";

/** Where events go: SQS queues behind the topic, Kafka, RabbitMQ. */
export const BACKBONES = ["queues", "kafka", "rabbitmq"] as const;
export type Backbone = (typeof BACKBONES)[number];

export interface BackboneSettings {
  /**
   * The backbones that are deployed. `queues` is always one of them: mails come from their queue. The others cost money
   * while they are idle.
   */
  readonly backbones: readonly Backbone[];
  /**
   * The backbones that change orders and stock: one, or several while a team moves from one to the other. With several,
   * each event published during the move is read by one of them at least, and the order's status makes it count once.
   */
  readonly processing: readonly Backbone[];
}

export const BACKBONE_RULES: { readonly [K in keyof BackboneSettings]: Rule } = {
  backbones: { kind: "names", choices: BACKBONES },
  processing: { kind: "names", choices: BACKBONES },
};

export const BACKBONE_DEFAULTS: BackboneSettings = { backbones: ["queues"], processing: ["queues"] };

/** Throws `SettingError` for valid values that contradict each other. */
export function refuseBackboneContradictions({ backbones, processing }: BackboneSettings): void {
  if (!backbones.includes("queues"))
    throw new SettingError(
      `Setting "backbones" takes a list with "queues", because mails come from their queue; received "${backbones.join(",")}".`,
    );
  if (processing.length === 0)
    throw new SettingError('Setting "processing" takes one backbone at least; received nothing.');
  const missing = processing.find((each) => !backbones.includes(each));
  if (missing !== undefined)
    throw new SettingError(
      `Setting "processing" names "${missing}", which is not in "backbones" (${backbones.join(",")}). Add -c backbones=${[...backbones, missing].join(",")}.`,
    );
}
