import { Stack } from "aws-cdk-lib";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";
import type { ConsumerGrant } from "../consumer-function.ts";

/** The subnets and the security groups of a function. */
export interface Network {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** Runs in these subnets, without services that have no endpoint there. */
export const grantNetwork =
  ({ subnetIds, securityGroupIds }: Network): ConsumerGrant =>
  (holder) => {
    const resource = holder.function.node.defaultChild as CfnFunction;
    resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] };
    holder.grant(grantInterfaces);
  };

/** Runs in a VPC. */
export const grantInterfaces: ConsumerGrant = manageInterfaces({
  changes: ["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"],
});

/**
 * Lambda makes network interfaces with the permissions of the function. EC2's describing actions support no resources,
 * and Lambda checks the others on every kind of resource of the account before it makes any.
 */
export function manageInterfaces({
  describes = [],
  changes = [],
}: Partial<Record<"describes" | "changes", string[]>>): ConsumerGrant {
  const ec2 = (actions: readonly string[]) => actions.map((action) => `ec2:${action}`);
  return (holder) =>
    holder
      .allow(ec2(["DescribeNetworkInterfaces", "DescribeSubnets", ...describes]), "*")
      .allow(
        ec2(["CreateNetworkInterface", "DeleteNetworkInterface", ...changes]),
        Stack.of(holder).formatArn({ service: "ec2", resource: "*", resourceName: "*" }),
      );
}
