import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";
import type { RabbitCredentials } from "./rabbitmq-connection.ts";

/**
 * The credentials in a secret of Secrets Manager. They are read once, and again where the broker refused them: a rotation
 * changes them. The client is loaded at the first read.
 */
export function rabbitSecret(secretArn: string): (isStale: boolean) => Promise<RabbitCredentials> {
  let read: Promise<RabbitCredentials> | undefined;
  return async (isStale) => {
    if (isStale) read = undefined;
    read ??= readSecret(secretArn);
    try {
      return await read;
    } catch (error) {
      read = undefined;
      throw error;
    }
  };
}

async function readSecret(SecretId: string): Promise<RabbitCredentials> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient(clientConfig(CLIENT_TIMEOUTS));
  const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId }));
  return parseCredentials(SecretString);
}

/** Throws an error that holds nothing of the text. */
function parseCredentials(text: string): RabbitCredentials {
  const { username, password } = objectIn(text);
  if (typeof username !== "string" || typeof password !== "string" || username === "") {
    throw new Error('The secret must be {"username": "…", "password": "…"}.');
  }
  return { username, password };
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
