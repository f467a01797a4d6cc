import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { FilterPattern, LogGroup, MetricFilter, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type ApiFunctionName, ROUTES, type Route } from "../../functions/contract/api.ts";
import { METRICS } from "../../functions/contract/names.ts";
import { mayCall, type Role } from "../../functions/contract/roles.ts";
import type { Settings } from "../config.ts";
import type { EventFunction } from "./event-function.ts";
import { addGatewayResponses } from "./gateway-responses.ts";
import { removalOf } from "./removal-policy.ts";
import { API_GATEWAY_STAGE_NAME, logGroupName, physicalName } from "./resource-names.ts";

export interface OrderApiProps {
  readonly settings: Settings;
  readonly functions: Readonly<Record<ApiFunctionName, EventFunction>>;
}

/** The REST API. Every method takes signed requests only (IAM). */
export class OrderApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: OrderApiProps) {
    super(scope, id);
    const { settings, functions } = props;
    const name = physicalName(settings);
    this.api = new RestApi(this, "Api", {
      restApiName: name,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: settings.apiLogRole,
      ...(settings.apiLogRole && { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }),
      deployOptions: {
        stageName: API_GATEWAY_STAGE_NAME,
        throttlingRateLimit: settings.throttleRate,
        throttlingBurstLimit: settings.throttleBurst,
        accessLogDestination: new LogGroupLogDestination(this.#accessLogs(settings)),
        accessLogFormat: ACCESS_LOG_FORMAT,
      },
    });
    for (const route of ROUTES) {
      this.api.root.resourceForPath(route.path).addMethod(
        route.method,
        new LambdaIntegration(functions[route.function].function, {
          allowTestInvoke: false,
          timeout: Duration.seconds(29),
        }),
        { authorizationType: AuthorizationType.IAM },
      );
    }
    addGatewayResponses(this.api);
    // The stack outputs the address under its own name.
    this.api.node.tryRemoveChild("Endpoint");
  }

  /** One ARN for each route of a role; one for all where it may call all, because a policy has 6,144 characters at most. */
  arnsFor(role: Role): string[] {
    const routes = ROUTES.filter(({ audience }) => mayCall(role, audience));
    return routes.length === ROUTES.length ? [this.arnOfAll()] : routes.map((route) => this.arnOf(route));
  }

  arnOf({ method, path }: Route): string {
    return this.#arn(`${method}${path.replaceAll(/\{\w+\}/g, "*")}`);
  }

  arnOfAll(): string {
    return this.#arn("*");
  }

  #arn(routes: string): string {
    return Stack.of(this).formatArn({
      service: "execute-api",
      resource: this.api.restApiId,
      resourceName: `${API_GATEWAY_STAGE_NAME}/${routes}`,
    });
  }

  #accessLogs(settings: Settings): LogGroup {
    const logGroup = new LogGroup(this, "AccessLogs", {
      logGroupName: logGroupName(settings, "api"),
      retention: settings.logRetentionDays as RetentionDays,
      removalPolicy: removalOf(settings),
    });
    // API Gateway counts 429 among all other 4xx. A filter has no constant dimension: the stage is in the namespace.
    new MetricFilter(this, "Throttled", {
      logGroup,
      filterPattern: FilterPattern.stringValue("$.status", "=", "429"),
      metricNamespace: physicalName(settings),
      metricName: METRICS.apiThrottled,
      metricValue: "1",
    });
    return logGroup;
  }
}

/** No address, no identity and no body of the caller, and the route in place of the path. */
const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    method: AccessLogField.contextHttpMethod(),
    route: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    latencyMs: AccessLogField.contextResponseLatency(),
    functionMs: AccessLogField.contextIntegrationLatency(),
    gatewayError: AccessLogField.contextErrorResponseType(),
  }),
);
