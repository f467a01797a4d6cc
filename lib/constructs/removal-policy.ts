import { RemovalPolicy } from "aws-cdk-lib";
import type { Settings } from "../config.ts";

/** What becomes of a resource when its stack goes. */
export function removalOf({ protectData }: Pick<Settings, "protectData">): RemovalPolicy {
  return protectData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
