import type { FunctionSpec } from "../types.ts";
import type { ApiSpec, GatewayResponseSpec, RouteSpec } from "./model.ts";
import { functionOf } from "./read-functions.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import {
  AssemblyError,
  isRecord,
  type Json,
  listAt,
  numberAt,
  recordAt,
  stringAt,
} from "./template-values.ts";

/** The REST APIs of the assembly, each with what names it. */
export const readRestApis = (assembly: ResolvedAssembly, functions: readonly FunctionSpec[]): ApiSpec[] =>
  assembly.read("AWS::ApiGateway::RestApi", (api) => {
    const id = api.identity.ref;
    const [stage] = ofApi(assembly, "AWS::ApiGateway::Stage", id);
    const throttle = stage === undefined ? undefined : stageThrottle(stage);
    return {
      id,
      name: stringAt(api.properties["Name"], `${api.path}: Name`),
      stageName: stage?.name ?? "local",
      routes: readRoutes(assembly, functions, id),
      responses: new Map(
        ofApi(assembly, "AWS::ApiGateway::GatewayResponse", id).map((resource) => {
          const response = readResponse(resource);
          return [response.type, response];
        }),
      ),
      binaryMediaTypes: listAt(api.properties["BinaryMediaTypes"], `${api.path}: BinaryMediaTypes`).map(
        String,
      ),
      ...(throttle === undefined ? {} : { throttle }),
    };
  });

/** The resources of a type that belong to the API with that id. */
const ofApi = (assembly: ResolvedAssembly, type: string, id: string): readonly ResolvedResource[] =>
  assembly.ofType(type).filter(({ properties }) => (properties["RestApiId"] ?? id) === id);

function readRoutes(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
  apiId: string,
): RouteSpec[] {
  const resources = new Map(assembly.ofType("AWS::ApiGateway::Resource").map((one) => [one.name, one]));
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    if (resource === undefined) return "";
    return `${pathOf(String(resource.properties["ParentId"]))}/${resource.properties["PathPart"]}`;
  };
  const routes = assembly.read("AWS::ApiGateway::Method", ({ path, properties }) => {
    if ((properties["RestApiId"] ?? apiId) !== apiId) return [];
    const integration = recordAt(properties["Integration"], `${path}: Integration`);
    // Mock integrations answer CORS preflight requests, which the emulator does not support.
    if (integration["Type"] === "MOCK") return [];
    if (integration["Type"] !== "AWS_PROXY") {
      throw new AssemblyError(
        `${path}: the local emulator supports Lambda proxy integrations, not ${integration["Type"]}`,
      );
    }
    const uri = stringAt(integration["Uri"], `${path}: Integration.Uri`);
    const arn = /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1];
    return [
      {
        method: stringAt(properties["HttpMethod"], `${path}: HttpMethod`),
        path: pathOf(String(properties["ResourceId"])) || "/",
        functionName: functionOf(functions, arn, `${path}: Integration.Uri`),
      },
    ];
  });
  return routes.flat();
}

function readResponse({ path, properties }: ResolvedResource): GatewayResponseSpec {
  const parameters = recordAt(properties["ResponseParameters"] ?? {}, `${path}: ResponseParameters`);
  const statusCode = properties["StatusCode"];
  return {
    type: stringAt(properties["ResponseType"], `${path}: ResponseType`),
    ...(statusCode === undefined ? {} : { statusCode: numberAt(statusCode, `${path}: StatusCode`) }),
    headers: Object.fromEntries(Object.entries(parameters).flatMap(staticHeader)),
    templates: Object.fromEntries(
      Object.entries(recordAt(properties["ResponseTemplates"] ?? {}, `${path}: ResponseTemplates`)).map(
        ([type, template]) => [type, stringAt(template, `${path}: ${type}`)],
      ),
    ),
  };
}

/** `gatewayresponse.header.X: "'value'"`; headers mapped from the request are left out. */
function staticHeader([name, value]: [string, unknown]): [string, string][] {
  const header = /^gatewayresponse\.header\.(.+)$/.exec(name)?.[1];
  const text = typeof value === "string" ? /^'(.*)'$/.exec(value)?.[1] : undefined;
  return header === undefined || text === undefined ? [] : [[header, text]];
}

function stageThrottle({ path, properties }: ResolvedResource): ApiSpec["throttle"] {
  const settings = listAt(properties["MethodSettings"], `${path}: MethodSettings`).filter(isRecord);
  const all = settings.find((one: Json) => one["HttpMethod"] === "*" && one["ResourcePath"] === "/*");
  const rate = all?.["ThrottlingRateLimit"];
  if (rate === undefined) return undefined;
  return {
    rate: numberAt(rate, `${path}: ThrottlingRateLimit`),
    burst: numberAt(all?.["ThrottlingBurstLimit"], `${path}: ThrottlingBurstLimit`, 5000),
  };
}
