import { printableLine } from "../../terminal-text.ts";
import { RequestError } from "./request-error.ts";

/** AWS errors for invalid or expired credentials; a missing permission is none. */
const CREDENTIAL_ERRORS =
  /ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|CredentialsProviderError|TokenProviderError/;

/** By the name of an SDK error. */
export const isRefusedCredential = (error: unknown): boolean =>
  error instanceof Error && CREDENTIAL_ERRORS.test(error.name);

/** By the header of API Gateway, or by the code in the body of other services. */
export const isCredentialError = (errorType: string | null, body: string): boolean =>
  CREDENTIAL_ERRORS.test(errorType ?? "") || CREDENTIAL_ERRORS.test(body);

/** An error that names the profile and the command that renews its credentials. */
export function credentialAdvice(given: string | undefined, cause: unknown): RequestError {
  const profile = given === undefined ? undefined : printableLine(given);
  const subject = profile === undefined ? "the default credentials" : `the credentials of profile ${profile}`;
  const flag = profile === undefined ? "" : ` --profile ${profile}`;
  const message = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
  return new RequestError(
    `${subject} are missing or have expired: ${message}\nRenew them:  ${renewal(message)}${flag}`,
    { cause },
  );
}

/** Depends on the source of the credentials; unknown: the command that sets keys. */
function renewal(message: string): string {
  if (/\bSSO\b|sso/.test(message)) return "aws sso login";
  if (/aws login|login session/i.test(message)) return "aws login";
  return /expired|security token/i.test(message) ? "aws sso login" : "aws configure";
}
