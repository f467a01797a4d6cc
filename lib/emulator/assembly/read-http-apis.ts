import type { CorsSpec, FunctionSpec, HttpApiSpec, RouteSpec } from "./model.ts";
import { functionOf } from "./read-functions.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import { AssemblyError, isRecord, listAt, numberAt, recordAt, stringAt } from "./template-values.ts";

const DEFAULT = "$default";

/** The HTTP APIs of the assembly, and the URLs of functions, which take the same events. */
export const readHttpApis = (
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
): HttpApiSpec[] => [
  ...assembly.read("AWS::ApiGatewayV2::Api", (api) => toApi(assembly, functions, api)),
  ...assembly.read("AWS::Lambda::Url", (url) => toFunctionUrl(functions, url)),
];

function toApi(
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
  { name: id, path, properties }: ResolvedResource,
): HttpApiSpec {
  const protocol = properties["ProtocolType"] ?? "HTTP";
  if (protocol !== "HTTP") {
    throw new AssemblyError(
      `${path}: the local emulator serves HTTP APIs, not ${protocol}; test its functions`,
    );
  }
  const [stage] = ofApi(assembly, "AWS::ApiGatewayV2::Stage", id);
  const settings = stage?.properties["DefaultRouteSettings"];
  const rate = isRecord(settings) ? settings["ThrottlingRateLimit"] : undefined;
  const burst = isRecord(settings) ? settings["ThrottlingBurstLimit"] : undefined;
  return {
    kind: "http",
    id,
    name: stringAt(properties["Name"] ?? id, `${path}: Name`),
    stageName: stage?.name ?? DEFAULT,
    routes: [...quickRoute(functions, path, properties), ...readRoutes(assembly, functions, id)],
    ...readCors(properties["CorsConfiguration"], path),
    ...(rate === undefined
      ? {}
      : {
          throttle: {
            rate: numberAt(rate, `${path}: ThrottlingRateLimit`),
            burst: numberAt(burst, `${path}: ThrottlingBurstLimit`, 5000),
          },
        }),
  };
}

/** The resources of a type that belong to the API with that id. */
const ofApi = (assembly: ResolvedAssembly, type: string, id: string) =>
  assembly.ofType(type).filter(({ properties }) => properties["ApiId"] === id);

/** The route of an API that names its function itself. */
function quickRoute(
  functions: readonly FunctionSpec[],
  path: string,
  properties: ResolvedResource["properties"],
) {
  const { Target: target, RouteKey: routeKey = DEFAULT } = properties;
  if (target === undefined) return [];
  const functionName = functionOf(functions, target, `${path}: Target`);
  return [toRoute(stringAt(routeKey, `${path}: RouteKey`), functionName, "2.0")];
}

function readRoutes(assembly: ResolvedAssembly, functions: readonly FunctionSpec[], apiId: string) {
  const integrations = new Map(
    assembly.ofType("AWS::ApiGatewayV2::Integration").map((one) => [one.name, one]),
  );
  const routes = assembly.read("AWS::ApiGatewayV2::Route", ({ path, properties }): RouteSpec[] => {
    if (properties["ApiId"] !== apiId) return [];
    const target = stringAt(properties["Target"], `${path}: Target`);
    const integration = integrations.get(target.replace(/^integrations\//, ""));
    if (integration === undefined) throw new AssemblyError(`${path}: its integration is not run`);
    const {
      IntegrationType: type,
      IntegrationUri: uri,
      PayloadFormatVersion: payload,
    } = integration.properties;
    const isFunction = type === "AWS_PROXY" && integration.properties["IntegrationSubtype"] === undefined;
    if (!isFunction) {
      throw new AssemblyError(`${path}: the local emulator supports integrations of functions, not ${type}`);
    }
    const authorization = properties["AuthorizationType"] ?? "NONE";
    if (authorization !== "NONE")
      assembly.leaveOut(
        path,
        `requests are not authorized (${authorization}); the route is served to everyone`,
      );
    const text = stringAt(uri, `${path}: IntegrationUri`);
    const arn = /\/functions\/(arn:[^/]+)\/invocations$/.exec(text)?.[1] ?? text;
    const functionName = functionOf(functions, arn, `${path}: IntegrationUri`);
    const routeKey = stringAt(properties["RouteKey"], `${path}: RouteKey`);
    const route = toRoute(routeKey, functionName, payload === "1.0" ? "1.0" : "2.0");
    return [authorization === "AWS_IAM" ? { ...route, isByIam: true } : route];
  });
  return routes.flat();
}

function toRoute(routeKey: string, functionName: string, payload: "1.0" | "2.0"): RouteSpec {
  const [method = "ANY", path = DEFAULT] = routeKey === DEFAULT ? [] : routeKey.split(" ");
  return { method, path, functionName, routeKey, payload };
}

function toFunctionUrl(
  functions: readonly FunctionSpec[],
  { name: id, path, properties }: ResolvedResource,
): HttpApiSpec {
  if (properties["InvokeMode"] === "RESPONSE_STREAM")
    throw new AssemblyError(`${path}: the local emulator streams no responses; use InvokeMode.BUFFERED`);
  const functionName = functionOf(functions, properties["TargetFunctionArn"], `${path}: TargetFunctionArn`);
  return {
    kind: "http",
    id,
    name: `URL of ${functionName}`,
    isFunctionUrl: true,
    stageName: DEFAULT,
    routes: [toRoute(DEFAULT, functionName, "2.0")],
    ...readCors(properties["Cors"], path),
  };
}

function readCors(value: unknown, path: string): { readonly cors?: CorsSpec } {
  if (value === undefined) return {};
  const cors = recordAt(value, `${path}: CORS`);
  const list = (key: string) => listAt(cors[key], `${path}: ${key}`).map(String);
  const maxAge = cors["MaxAge"];
  return {
    cors: {
      origins: list("AllowOrigins"),
      methods: list("AllowMethods"),
      headers: list("AllowHeaders"),
      exposed: list("ExposeHeaders"),
      credentials: cors["AllowCredentials"] === true,
      ...(maxAge === undefined ? {} : { maxAgeSeconds: numberAt(maxAge, `${path}: MaxAge`) }),
    },
  };
}
