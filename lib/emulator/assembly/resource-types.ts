import { AssemblyError } from "./template-values.ts";

/** Types the emulator runs. */
export const HANDLED = [
  "AWS::ApiGateway::GatewayResponse",
  "AWS::ApiGateway::Method",
  "AWS::ApiGateway::Resource",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Stage",
  "AWS::CloudWatch::Alarm",
  "AWS::DynamoDB::Table",
  "AWS::Events::Rule",
  "AWS::Lambda::EventSourceMapping",
  "AWS::Lambda::Function",
  "AWS::MSK::Cluster",
  "AWS::MSK::Topic",
  "AWS::S3::Bucket",
  "AWS::SNS::Subscription",
  "AWS::SNS::Topic",
  "AWS::SQS::Queue",
  "AWS::Scheduler::Schedule",
  "Custom::KafkaBrokers",
] as const;

/** Types that the emulator leaves out, and why that loses nothing locally. */
export const IGNORED: Readonly<Record<string, string>> = {
  "AWS::ApiGateway::Account": "there is no account-wide log role",
  "AWS::ApiGateway::Deployment": "routes are read from the methods",
  "AWS::Budgets::Budget": "there are no costs",
  "AWS::CDK::Metadata": "describes the toolkit",
  "AWS::CloudWatch::Dashboard": "numbers are served under /_emulator/metrics",
  "AWS::EC2::RouteTable": "everything is on loopback",
  "AWS::EC2::SecurityGroup": "everything is on loopback; template tests check access to the brokers",
  "AWS::EC2::SecurityGroupIngress": "everything is on loopback; template tests check access to the brokers",
  "AWS::EC2::Subnet": "everything is on loopback",
  "AWS::EC2::SubnetRouteTableAssociation": "everything is on loopback",
  "AWS::EC2::VPC": "everything is on loopback",
  "AWS::EC2::VPCEndpoint": "everything is on loopback",
  "AWS::IAM::ManagedPolicy": "nothing is authorized on loopback; template tests check the permissions",
  "AWS::IAM::Policy": "nothing is authorized on loopback; template tests check the permissions",
  "AWS::IAM::Role": "nothing is authorized on loopback; template tests check the permissions",
  "AWS::KMS::Alias": "nothing is encrypted in memory",
  "AWS::KMS::Key": "nothing is encrypted in memory",
  "AWS::Lambda::Permission": "nothing is authorized on loopback",
  "AWS::Logs::LogGroup": "lines go to the terminal",
  "AWS::S3::BucketPolicy": "nothing is authorized on loopback",
  "AWS::SNS::TopicPolicy": "nothing is authorized on loopback",
  "AWS::SQS::QueuePolicy": "nothing is authorized on loopback",
  "AWS::Scheduler::ScheduleGroup": "schedules are listed one by one",
};

const handled: ReadonlySet<string> = new Set(HANDLED);

/**
 * Throws AssemblyError with the name of every resource of another type: the emulator would differ silently from the
 * deployment.
 */
export function refuseUnknownTypes(resources: readonly { type: string; path: string }[]): void {
  const unknown = resources.filter(({ type }) => !handled.has(type) && !Object.hasOwn(IGNORED, type));
  if (unknown.length === 0) return;
  const names = unknown.map(({ type, path }) => `  ${type} (${path})`).join("\n");
  throw new AssemblyError(
    `The local emulator does not run:\n${names}\n` +
      "Leave the resource out for the stage `local`, or add its type to lib/emulator/assembly/resource-types.ts.",
  );
}
