import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Account } from "./account.ts";
import { askCloudFormation } from "./cloudformation.ts";
import { DeployError } from "./deploy-error.ts";
import { elementIn, membersIn } from "./xml-answer.ts";

/**
 * Checks that the bucket of crashed batches can be deleted with its stack. It holds stream batches that were not
 * imported. Rejects with DeployError when there are any and `deleteObjects` is false.
 */
export async function emptyBucketOf(
  account: Account,
  stackName: string,
  deleteObjects: boolean,
): Promise<void> {
  const Bucket = await bucketOf(account, stackName);
  if (Bucket === undefined) return;
  const endpoint = process.env["AWS_ENDPOINT_URL"];
  const { region, credentials } = account;
  const s3 = new S3Client({
    region,
    credentials,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
  try {
    for (;;) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      if (Contents.length === 0) return;
      if (!deleteObjects)
        throw new DeployError(
          `The bucket ${Bucket} holds stream batches that were not imported, so its stack cannot be deleted. ` +
            "To delete them as well:  npm run destroy -- --empty-bucket",
        );
      const Objects = Contents.map(({ Key }) => ({ Key }));
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      const [error] = Errors;
      if (error !== undefined)
        throw new DeployError(`${Bucket}: ${error.Key} was not deleted: ${error.Message}`);
    }
  } finally {
    s3.destroy();
  }
}

async function bucketOf(account: Account, StackName: string): Promise<string | undefined> {
  const query = { Action: "DescribeStackResources", StackName };
  return bucketIn(await askCloudFormation(account, query, /does not exist/, fetch));
}

/** Physical name of the first bucket in an answer of DescribeStackResources. */
export function bucketIn(text: string): string | undefined {
  const bucket = membersIn(text).find((member) => elementIn(member, "ResourceType") === "AWS::S3::Bucket");
  return bucket === undefined ? undefined : elementIn(bucket, "PhysicalResourceId");
}
