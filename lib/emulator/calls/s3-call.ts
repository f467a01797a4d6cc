import type { Json } from "../assembly/template-values.ts";

export interface S3Request {
  readonly method: string;
  /** Path and query, in path style: `/bucket/key?uploads`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The first name whose parameter is in the query; else the last name. */
type ByParameter = readonly (readonly [parameter: string, operation: string])[];

const BUCKET: Readonly<Record<string, ByParameter>> = {
  GET: [
    ["location", "GetBucketLocation"],
    ["versioning", "GetBucketVersioning"],
    ["lifecycle", "GetBucketLifecycleConfiguration"],
    ["uploads", "ListMultipartUploads"],
    ["", "ListObjectsV2"],
  ],
  HEAD: [["", "HeadBucket"]],
  PUT: [
    ["lifecycle", "PutBucketLifecycleConfiguration"],
    ["", "CreateBucket"],
  ],
  DELETE: [
    ["lifecycle", "DeleteBucketLifecycle"],
    ["", "DeleteBucket"],
  ],
  POST: [
    ["delete", "DeleteObjects"],
    ["", "PostObject"],
  ],
};

const OBJECT: Readonly<Record<string, ByParameter>> = {
  GET: [
    ["uploadId", "ListParts"],
    ["tagging", "GetObjectTagging"],
    ["attributes", "GetObjectAttributes"],
    ["", "GetObject"],
  ],
  HEAD: [["", "HeadObject"]],
  PUT: [
    ["uploadId", "UploadPart"],
    ["tagging", "PutObjectTagging"],
    ["", "PutObject"],
  ],
  DELETE: [
    ["uploadId", "AbortMultipartUpload"],
    ["tagging", "DeleteObjectTagging"],
    ["", "DeleteObject"],
  ],
  POST: [
    ["uploads", "CreateMultipartUpload"],
    ["", "CompleteMultipartUpload"],
  ],
};

/** The operation and the input of a request to S3. */
export function s3Call({ method, url, headers, body }: S3Request): {
  readonly operation: string;
  readonly input: Json;
} {
  const [path = "", query = ""] = url.split("?", 2);
  const [, bucket = "", ...rest] = path.split("/").map(decoded);
  const parameters = new URLSearchParams(query);
  if (bucket === "") return { operation: "ListBuckets", input: {} };
  const key = rest.join("/");
  const operations = (key === "" ? BUCKET : OBJECT)[method] ?? [];
  const [, named = method] = operations.find(([name]) => name === "" || parameters.has(name)) ?? [];
  const source = headers["x-amz-copy-source"];
  const operation = named === "PutObject" && typeof source === "string" ? "CopyObject" : named;
  return {
    operation,
    input: {
      Bucket: bucket,
      ...(key === "" ? {} : { Key: key }),
      ...(operation === "CopyObject" ? { CopySource: decoded(String(source)).replace(/^\//, "") } : {}),
      ...(operation === "DeleteObjects" ? { Keys: keysIn(String(body)) } : {}),
    },
  };
}

const keysIn = (body: string): readonly string[] =>
  [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) =>
    key.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name]),
  );

const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" } as const;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
