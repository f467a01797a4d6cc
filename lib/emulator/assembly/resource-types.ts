/** Types the emulator runs. */
export const HANDLED = [
  "AWS::AmazonMQ::Broker",
  "AWS::ApiGateway::GatewayResponse",
  "AWS::ApiGateway::Method",
  "AWS::ApiGateway::Resource",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGatewayV2::Api",
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::ApiGatewayV2::Stage",
  "AWS::CloudWatch::Alarm",
  "AWS::DynamoDB::GlobalTable",
  "AWS::DynamoDB::Table",
  "AWS::Events::Rule",
  "AWS::IAM::ManagedPolicy",
  "AWS::IAM::Policy",
  "AWS::IAM::Role",
  "AWS::IAM::RolePolicy",
  "AWS::Lambda::EventSourceMapping",
  "AWS::Lambda::Alias",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::Lambda::Url",
  "AWS::Lambda::Version",
  "AWS::Logs::MetricFilter",
  "AWS::MSK::Cluster",
  "AWS::MSK::Topic",
  "AWS::S3::Bucket",
  "AWS::S3::BucketPolicy",
  "AWS::SES::ConfigurationSet",
  "AWS::SES::ConfigurationSetEventDestination",
  "AWS::SNS::Subscription",
  "AWS::SNS::Topic",
  "AWS::SNS::TopicInlinePolicy",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::Queue",
  "AWS::SQS::QueueInlinePolicy",
  "AWS::SQS::QueuePolicy",
  "AWS::Scheduler::Schedule",
  "Custom::KafkaBrokers",
  "Custom::RabbitMQTopology",
] as const;

/** Types that the emulator leaves out, and why that loses nothing locally. */
export const IGNORED: Readonly<Record<string, string>> = {
  "AWS::ApiGateway::Account": "there is no account-wide log role",
  "AWS::ApiGateway::ApiKey": "requests on loopback need no key",
  "AWS::ApiGateway::Deployment": "routes are read from the methods",
  "AWS::ApiGateway::UsagePlan": "requests on loopback need no key",
  "AWS::ApiGateway::UsagePlanKey": "requests on loopback need no key",
  "AWS::ApiGatewayV2::Deployment": "routes are read from the templates",
  "AWS::Budgets::Budget": "there are no costs",
  "AWS::CDK::Metadata": "describes the toolkit",
  "AWS::CloudFormation::Stack": "the resources of a nested stack are read from its own template",
  "AWS::CloudWatch::Dashboard": "numbers are served under /_emulator/metrics",
  "AWS::EC2::EIP": "everything is on loopback",
  "AWS::EC2::InternetGateway": "everything is on loopback",
  "AWS::EC2::NatGateway": "everything is on loopback",
  "AWS::EC2::Route": "everything is on loopback",
  "AWS::EC2::RouteTable": "everything is on loopback",
  "AWS::EC2::SecurityGroup": "everything is on loopback; template tests check access to the brokers",
  "AWS::EC2::SecurityGroupIngress": "everything is on loopback; template tests check access to the brokers",
  "AWS::EC2::Subnet": "everything is on loopback",
  "AWS::EC2::SecurityGroupEgress": "everything is on loopback",
  "AWS::EC2::SubnetRouteTableAssociation": "everything is on loopback",
  "AWS::EC2::VPCGatewayAttachment": "everything is on loopback",
  "AWS::EC2::VPC": "everything is on loopback",
  "AWS::EC2::VPCEndpoint": "everything is on loopback",
  "AWS::IAM::InstanceProfile": "there are no instances",
  "AWS::IAM::User": "callers are known by the policies alone",
  "AWS::KMS::Alias": "nothing is encrypted in memory",
  "AWS::KMS::Key": "nothing is encrypted in memory",
  "AWS::Logs::LogGroup": "lines go to the terminal",
  "AWS::Logs::LogStream": "lines go to the terminal",
  "AWS::Logs::ResourcePolicy": "lines go to the terminal",
  "AWS::Scheduler::ScheduleGroup": "schedules are listed one by one",
  "Custom::LogRetention": "lines go to the terminal",
  "Custom::RabbitMQMappings": "it acts when the stack is deleted",
  "Custom::S3AutoDeleteObjects": "it acts when the stack is deleted",
  "Custom::VpcRestrictDefaultSG": "everything is on loopback",
};

/** Types that need not be run beside another type: the login of the broker on loopback is in its URL. */
const IGNORED_BESIDE: Readonly<Record<string, string>> = {
  "AWS::SecretsManager::Secret": "AWS::AmazonMQ::Broker",
};

const handled: ReadonlySet<string> = new Set(HANDLED);

/** Advice for types of common apps, by the beginning of the type. */
const ADVICE: readonly (readonly [prefix: string, advice: string])[] = [
  ["AWS::StepFunctions::", "start its functions directly"],
  ["AWS::CloudFront::", "use the address of the API"],
  ["AWS::Cognito::", "requests are not authorized"],
  ["AWS::SecretsManager::", "set what the function reads as a variable"],
  ["AWS::SSM::", "set what the function reads as a variable"],
  ["AWS::Events::", "send what it would send to a queue or topic of the app"],
  ["AWS::Kinesis::", "use a queue or a table stream"],
  [
    "Custom::S3BucketNotifications",
    "the local emulator sends no bucket notifications; invoke the function itself",
  ],
  ["Custom::CDKBucketDeployment", "put the files into the bucket by the S3 endpoint of the emulator"],
  ["Custom::", "it acts on a deployment only; its attributes are placeholders"],
  ["AWS::CloudFormation::CustomResource", "it acts on a deployment only; its attributes are placeholders"],
];

/**
 * Why a resource of a type that the emulator does not know is left out; undefined for known types. `present` holds all
 * types of the app.
 */
export function leftOutReason(type: string, present: ReadonlySet<string>): string | undefined {
  if (handled.has(type) || Object.hasOwn(IGNORED, type)) return undefined;
  if (present.has(IGNORED_BESIDE[type] ?? "")) return undefined;
  const [, advice] = ADVICE.find(([prefix]) => type.startsWith(prefix)) ?? [];
  return `${type} is not run${advice === undefined ? "" : `; ${advice}`}`;
}
