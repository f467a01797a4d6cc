import type { Backbone } from "../../settings/backbone-settings.ts";
import type { Emulator } from "../start-emulator.ts";

/** One line for each broker, and one about the backbones that process; none without brokers. */
export function brokerTexts(
  { kafka, rabbitmq, model }: Pick<Emulator, "kafka" | "rabbitmq" | "model">,
  processing: readonly Backbone[],
): NonNullable<BannerOptions["lines"]> {
  const lines: (readonly [label: string, text: string])[] = [];
  if (kafka !== undefined) {
    const topics = model.kafkaTopics.map(({ name, partitions }) => `${name} (${partitions} partitions)`);
    lines.push(["Kafka", `${kafka.brokers}  ${topics.join(", ")}`]);
  }
  if (rabbitmq !== undefined) {
    const { host, username, password } = new URL(rabbitmq.url);
    // The login of a broker of another owner is not printed.
    const login = rabbitmq.isOurs ? `user ${username}, password ${password}` : `user ${username}`;
    lines.push(
      ["RabbitMQ", rabbitmq.isOurs ? rabbitmq.url : host],
      ["Management", `${rabbitmq.managementUrl}  (${login})`],
    );
  }
  if (lines.length > 0)
    lines.push(["Orders", `are processed by ${processing.map((each) => PROCESSED_BY[each]).join(" and ")}`]);
  return lines;
}

const PROCESSED_BY: Readonly<Record<Backbone, string>> = {
  queues: "the queues",
  kafka: "Kafka",
  rabbitmq: "RabbitMQ",
};

export interface BannerOptions {
  /** Of the app. */
  readonly name: string;
  readonly readyMs: number;
  readonly dataDir: string | undefined;
  /** Label and text of further lines: brokers and limits. */
  readonly lines?: readonly (readonly [label: string, text: string])[] | undefined;
  /** Commands to paste. */
  readonly commands?: string | undefined;
}

/** The banner of a ready emulator. */
export function banner(
  {
    url,
    apis,
    model,
  }: Pick<Emulator, "url" | "apis"> & { readonly model: Pick<Emulator["model"], "leftOut"> },
  { name, readyMs, dataDir, lines: further = [], commands = "" }: BannerOptions,
): string {
  const [only, ...others] = apis;
  const served = others.length === 0 ? [["API", only?.url ?? ""]] : apis.map((api) => [api.name, api.url]);
  const lines = [
    ...(only === undefined ? [] : served),
    ["Console", `${url}/_emulator/console/`],
    ["Mailbox", `${url}/_emulator/mailbox`],
    ["Emulator", `${url}/_emulator/queues  /metrics  /alarms  /logs`],
    ...further,
  ];
  const width = Math.max(...lines.map(([label = ""]) => label.length));
  return `
${name} is ready in ${(readyMs / 1000).toFixed(1)} s   (state ${dataDir === undefined ? "in memory" : `in ${dataDir}`})

${lines.map(([label = "", text]) => `  ${label.padEnd(width)}  ${text}\n`).join("")}${leftOutText(model)}${commands}
Press Ctrl-C to stop.

`;
}

/** A line for each part of the app that is not run. */
const leftOutText = ({ leftOut }: Pick<Emulator["model"], "leftOut">): string =>
  leftOut.length === 0
    ? ""
    : `\nNot run:\n${leftOut.map(({ path, reason }) => `  ${path}: ${reason}\n`).join("")}`;
