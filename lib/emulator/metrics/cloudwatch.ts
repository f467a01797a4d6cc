import { createServer } from "node:http";
import { STATISTICS } from "../assembly/model.ts";
import { isRecord, listAt } from "../assembly/template-values.ts";
import { awsCallOf } from "../calls/aws-call.ts";
import { type CallChecks, createCallChecks } from "../calls/call-checks.ts";
import { isRefused } from "../calls/refusal-response.ts";
import { refusesForeign } from "../foreign-requests.ts";
import { listenOnLoopback } from "../loopback.ts";
import { readBody } from "../request-body.ts";
import { type MetricStore, statisticOf } from "./metric-store.ts";

export interface CloudWatch {
  readonly endpoint: string;
  close(): Promise<void>;
}

const BODY_BYTES = 1_048_576;

/** CloudWatch's GetMetricData over the emulator's own metrics. Other operations are refused with their name. */
export async function startCloudWatch(
  metrics: MetricStore,
  calls: CallChecks = createCallChecks(),
): Promise<CloudWatch> {
  const server = createServer((incoming, outgoing) => {
    if (refusesForeign(incoming, outgoing)) return;
    const send = (status: number, body: object) => {
      outgoing.writeHead(status, { "Content-Type": "application/x-amz-json-1.0" });
      outgoing.end(JSON.stringify(body));
    };
    const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
    readBody(incoming, BODY_BYTES)
      .then(async (body) => {
        const input: unknown = JSON.parse(String(body) || "{}");
        const call = awsCallOf(incoming, outgoing, {
          service: "cloudwatch",
          operation,
          input: isRecord(input) ? input : {},
        });
        if (await isRefused(calls, call, outgoing)) return;
        if (operation === "GetMetricData" && isRecord(input)) {
          return send(200, { MetricDataResults: metricData(metrics, input), Messages: [] });
        }
        const message = `the emulator's CloudWatch supports GetMetricData, not ${operation}`;
        send(400, { __type: "InvalidAction", message });
      })
      .catch((error: unknown) => {
        if (!outgoing.destroyed) send(400, { __type: "SerializationException", message: String(error) });
      });
  });
  return {
    endpoint: `http://${await listenOnLoopback(server)}`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
function metricData(metrics: MetricStore, input: Readonly<Record<string, unknown>>): readonly object[] {
  const [start, end] = [Number(input["StartTime"]) * 1000, Number(input["EndTime"]) * 1000];
  return listAt(input["MetricDataQueries"], "MetricDataQueries")
    .filter(isRecord)
    .map((query) => {
      const stat = isRecord(query["MetricStat"]) ? query["MetricStat"] : {};
      const metric = isRecord(stat["Metric"]) ? stat["Metric"] : {};
      const id = {
        namespace: String(metric["Namespace"]),
        name: String(metric["MetricName"]),
        dimensions: Object.fromEntries(
          listAt(metric["Dimensions"], "Dimensions")
            .filter(isRecord)
            .map(({ Name: name, Value: value }) => [String(name), String(value)]),
        ),
      };
      const statistic = STATISTICS.find((one) => one === stat["Stat"]) ?? "Average";
      const periodMs = Number(stat["Period"] ?? 60) * 1000;
      const points: { at: number; value: number }[] = [];
      for (let at = Math.floor(end / periodMs) * periodMs; at > start - periodMs; at -= periodMs) {
        const found = metrics.between(id, at, at + periodMs);
        if (found !== undefined) points.push({ at, value: statisticOf(found, statistic) });
      }
      if (input["ScanBy"] === "TimestampAscending") points.reverse();
      return {
        Id: query["Id"],
        StatusCode: "Complete",
        Timestamps: points.map(({ at }) => at / 1000),
        Values: points.map(({ value }) => value),
      };
    });
}
