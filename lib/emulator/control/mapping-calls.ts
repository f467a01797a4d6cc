import type { IncomingMessage, ServerResponse } from "node:http";
import { arnOfFunction } from "../assembly/identities.ts";
import type { FunctionSpec } from "../assembly/model.ts";
import { awsCallOf, jsonInput } from "../calls/aws-call.ts";
import type { CallChecks } from "../calls/call-checks.ts";
import { isRefused } from "../calls/refusal-response.ts";
import type { MappingView, SwitchableMappings } from "../event-sources/switchable-mappings.ts";
import { readBody } from "../request-body.ts";
import { sendAwsError } from "./control-responses.ts";

export interface MappingCalls {
  readonly functions: readonly FunctionSpec[];
  readonly mappings: Pick<SwitchableMappings, "list" | "switch">;
  readonly checks: CallChecks;
  readonly region: string;
}

const PATH = /^\/2015-03-31\/event-source-mappings(?:\/([^/]+))?\/?$/;

/**
 * Answers ListEventSourceMappings, GetEventSourceMapping and UpdateEventSourceMapping, of which `Enabled` alone changes
 * something. Returns false for any other call.
 * https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
 */
export async function answerMappingCall(
  { functions, mappings, checks, region }: MappingCalls,
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<boolean> {
  const [isMapping, uuid] = PATH.exec(path) ?? [];
  const operation = operationOf(incoming.method, uuid);
  if (isMapping === undefined || operation === undefined) return false;
  const body = jsonInput((await readBody(incoming)) ?? "");
  const arnOf = ({ functionName }: MappingView) => arnOfFunction(functions, functionName, region);
  const found = () => mappings.list().find((each) => each.uuid === uuid);
  const mapping = found();
  const call = awsCallOf(incoming, outgoing, {
    service: "lambda",
    operation,
    input: { ...body, ...(mapping && { UUID: uuid, FunctionArn: arnOf(mapping) }) },
  });
  if (await isRefused(checks, call, outgoing)) return true;
  const send = (status: number, answer: object) =>
    void outgoing.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  if (operation === "ListEventSourceMappings") {
    const [named, source] = [query.get("FunctionName"), query.get("EventSourceArn")];
    const listed = mappings
      .list()
      .filter((each) => named === null || isNamed(arnOf(each), named))
      .filter((each) => source === null || each.eventSourceArn === source);
    send(200, { EventSourceMappings: listed.map((each) => configurationOf(each, arnOf(each))) });
    return true;
  }
  if (mapping === undefined) {
    sendAwsError(outgoing, 404, "ResourceNotFoundException", "The resource you requested does not exist.");
    return true;
  }
  const { Enabled: isOn } = body;
  if (
    operation === "UpdateEventSourceMapping" &&
    typeof isOn === "boolean" &&
    !mappings.switch(mapping.uuid, isOn)
  ) {
    const message = `Cannot update the event source mapping because it is in use (${mapping.state}).`;
    sendAwsError(outgoing, 400, "ResourceInUseException", message);
    return true;
  }
  send(
    operation === "UpdateEventSourceMapping" ? 202 : 200,
    configurationOf(found() ?? mapping, arnOf(mapping)),
  );
  return true;
}

function operationOf(method: string | undefined, uuid: string | undefined) {
  if (uuid === undefined) return method === "GET" ? "ListEventSourceMappings" : undefined;
  if (method === "GET") return "GetEventSourceMapping";
  return method === "PUT" ? "UpdateEventSourceMapping" : undefined;
}

/** A function is named by its name or its ARN, also those of a version or an alias. */
function isNamed(arn: string, named: string): boolean {
  const name = arn.split(":")[6];
  return named === arn || named.startsWith(`${arn}:`) || named.split(":")[0] === name;
}

function configurationOf(mapping: MappingView, arn: string) {
  const { uuid, eventSourceArn, topic, queue, batchSize, state, changedAt } = mapping;
  return {
    UUID: uuid,
    FunctionArn: arn,
    EventSourceArn: eventSourceArn,
    BatchSize: batchSize,
    State: state,
    StateTransitionReason: "User action",
    LastModified: changedAt / 1_000,
    ...(topic !== undefined && { Topics: [topic] }),
    ...(queue !== undefined && { Queues: [queue] }),
  };
}
