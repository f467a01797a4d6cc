import type { FunctionSpec, GatewayResponseSpec, MockSpec, RestApiSpec, RouteSpec } from "./model.ts";
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
export const readRestApis = (assembly: ResolvedAssembly, functions: readonly FunctionSpec[]): RestApiSpec[] =>
  assembly.read("AWS::ApiGateway::RestApi", (api) => {
    const id = api.identity.ref;
    const [stage] = ofApi(assembly, "AWS::ApiGateway::Stage", id);
    const throttle = stage === undefined ? undefined : stageThrottle(stage);
    return {
      kind: "rest" as const,
      id,
      name: stringAt(api.properties["Name"], `${api.path}: Name`),
      stageName: stage?.name ?? "local",
      routes: readRoutes(assembly, functions, id),
      mocks: readMocks(assembly, id),
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

/** The path of a resource by its id. */
function pathsOf(assembly: ResolvedAssembly): (id: string) => string {
  const resources = new Map(assembly.ofType("AWS::ApiGateway::Resource").map((one) => [one.name, one]));
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    if (resource === undefined) return "";
    return `${pathOf(String(resource.properties["ParentId"]))}/${resource.properties["PathPart"]}`;
  };
  return (id) => pathOf(id) || "/";
}

/** What answers CORS preflight requests. Responses by request templates are left out. */
function readMocks(assembly: ResolvedAssembly, apiId: string): MockSpec[] {
  const pathOf = pathsOf(assembly);
  return ofApi(assembly, "AWS::ApiGateway::Method", apiId).flatMap(({ path, properties }) => {
    const integration = recordAt(properties["Integration"] ?? {}, `${path}: Integration`);
    if (integration["Type"] !== "MOCK") return [];
    const [response = {}] = listAt(integration["IntegrationResponses"], `${path}: IntegrationResponses`);
    const { StatusCode: status, ResponseParameters: parameters = {} } = recordAt(response, path);
    return {
      method: stringAt(properties["HttpMethod"], `${path}: HttpMethod`),
      path: pathOf(String(properties["ResourceId"])),
      status: numberAt(status, `${path}: StatusCode`, 200),
      headers: Object.fromEntries(
        Object.entries(recordAt(parameters, `${path}: ResponseParameters`)).flatMap(staticHeader),
      ),
    };
  });
}

function readRoutes(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
  apiId: string,
): RouteSpec[] {
  const pathOf = pathsOf(assembly);
  const routes = assembly.read("AWS::ApiGateway::Method", ({ path, properties }) => {
    if ((properties["RestApiId"] ?? apiId) !== apiId) return [];
    const integration = recordAt(properties["Integration"], `${path}: Integration`);
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
        path: pathOf(String(properties["ResourceId"])),
        functionName: functionOf(functions, arn, `${path}: Integration.Uri`),
        ...(properties["AuthorizationType"] === "AWS_IAM" ? { isByIam: true } : {}),
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
  const header = /^(?:gatewayresponse|method\.response)\.header\.(.+)$/.exec(name)?.[1];
  const text = typeof value === "string" ? /^'(.*)'$/.exec(value)?.[1] : undefined;
  return header === undefined || text === undefined ? [] : [[header, text]];
}

function stageThrottle({ path, properties }: ResolvedResource): RestApiSpec["throttle"] {
  const settings = listAt(properties["MethodSettings"], `${path}: MethodSettings`).filter(isRecord);
  const all = settings.find((one: Json) => one["HttpMethod"] === "*" && one["ResourcePath"] === "/*");
  const rate = all?.["ThrottlingRateLimit"];
  if (rate === undefined) return undefined;
  return {
    rate: numberAt(rate, `${path}: ThrottlingRateLimit`),
    burst: numberAt(all?.["ThrottlingBurstLimit"], `${path}: ThrottlingBurstLimit`, 5000),
  };
}
