import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { TABLE_NAMES } from "../../functions/contract/names.ts";
import { physicalName, queueName } from "../../lib/constructs/resource-names.ts";
import type { MetricTotals } from "../../lib/emulator/metrics/metric-store.ts";
import type { AwsEndpoints } from "../../lib/emulator/types.ts";
import type { EmulatorPowers, SentMail, Target } from "./target.ts";

const STAGE_NAME = "local";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The emulator at an address, in any process. Closing the target does not stop it. */
export async function attach(url: string): Promise<Target & { readonly emulator: EmulatorPowers }> {
  const { endpoints } = await control<{ endpoints: AwsEndpoints }>(url, "");
  const { region } = endpoints;
  const sqs = new SQSClient({ region, credentials, endpoint: endpoints.sqs });
  const dynamoDb = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  const totals = () => control<readonly MetricTotals[]>(url, "/metrics");
  const before = await totals();
  return {
    kind: "emulator",
    url,
    fetch: asAdministrator(region),
    tag: "",
    sqs,
    dynamoDb,
    async queueUrl(consumer, role = "source") {
      const QueueName = queueName(STAGE_NAME, consumer, role);
      const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      return QueueUrl;
    },
    tableName: (table) => physicalName(STAGE_NAME, TABLE_NAMES[table]),
    emulator: emulatorPowers(url),
    mails: () => control<readonly SentMail[]>(url, "/mailbox"),
    async counted(outcome, consumer, type) {
      const sumIn = (all: readonly MetricTotals[]) =>
        all.find(
          ({ id: { name, dimensions } }) =>
            name === `mq.messages.${outcome}` &&
            dimensions["consumer"] === consumer &&
            dimensions["type"] === type,
        )?.sum ?? 0;
      return sumIn(await totals()) - sumIn(before);
    },
    async logs() {
      return (await control<readonly { text: string }[]>(url, "/logs")).map(({ text }) => text);
    },
    async alarms() {
      const states = await control<readonly { name: string }[]>(url, "/alarms");
      return states.map(({ name }) => name.slice(physicalName(STAGE_NAME).length + 1));
    },
    async close() {
      sqs.destroy();
      dynamoDb.destroy();
    },
  };
}

/** Requests of an administrator, so that the emulator holds them to the policy. It verifies no signature. */
function asAdministrator(region: string): typeof fetch {
  const scope = `local-administrator/20260101/${region}/execute-api/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=local`;
  return (input, init = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", authorization);
    return fetch(input, { ...init, headers });
  };
}

function emulatorPowers(url: string): EmulatorPowers {
  return {
    async break(target, rate = 1) {
      await control(url, "/faults", { break: target, rate, forSeconds: 600 });
    },
    async mend(target = "all") {
      await control(url, "/faults", { mend: target });
    },
  };
}

async function control<Answer>(url: string, path: string, body?: object): Promise<Answer> {
  const sent =
    body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        };
  const response = await fetch(`${url}/_emulator${path}`, sent);
  if (!response.ok) throw new Error(`/_emulator${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
