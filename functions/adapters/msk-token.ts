import { generateAuthTokenFromCredentialsProvider } from "aws-msk-iam-sasl-signer-js";

/** A token for MSK, signed with the function's credentials; valid for 900 seconds. */
export async function mskToken(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!region || !accessKeyId || !secretAccessKey) {
    throw new Error("An IAM token needs AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
  }
  const { AWS_SESSION_TOKEN: sessionToken } = env;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const { token } = await generateAuthTokenFromCredentialsProvider({
    region,
    awsCredentialsProvider: async () => credentials,
  });
  return token;
}
