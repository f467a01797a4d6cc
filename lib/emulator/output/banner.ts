import type { Emulator } from "../start-emulator.ts";

/** The broker, its topics and the processing backbone; undefined without Kafka. */
export function kafkaText({ kafka, model }: Pick<Emulator, "kafka" | "model">, processing: string) {
  if (kafka === undefined) return undefined;
  const topics = model.kafkaTopics.map(({ name, partitions }) => `${name} (${partitions} partitions)`);
  return `${kafka.brokers}  ${topics.join(", ")}; orders are processed by ${PROCESSED_BY[processing] ?? processing}`;
}

const PROCESSED_BY: Readonly<Record<string, string>> = {
  queues: "the queues",
  both: "both backbones",
  kafka: "Kafka",
};

export interface BannerOptions {
  /** Of the app. */
  readonly name: string;
  readonly readyMs: number;
  readonly dataDir: string | undefined;
  readonly kafka?: string | undefined;
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
  { name, readyMs, dataDir, kafka, commands = "" }: BannerOptions,
): string {
  const [only, ...others] = apis;
  const served = others.length === 0 ? [["API", only?.url ?? ""]] : apis.map((api) => [api.name, api.url]);
  const lines = [
    ...(only === undefined ? [] : served),
    ["Console", `${url}/_emulator/console/`],
    ["Mailbox", `${url}/_emulator/mailbox`],
    ["Emulator", `${url}/_emulator/queues  /metrics  /alarms  /logs`],
    ...(kafka === undefined ? [] : [["Kafka", kafka]]),
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
