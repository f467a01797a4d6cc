import { RequestError } from "./request-error.ts";

/** Errors by which AWS refuses credentials as such, whatever they may do. */
const REFUSED =
  /ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|CredentialsProviderError|TokenProviderError/;

/** Whether an error of an SDK client is about the credentials themselves. */
export const isRefusedCredential = (error: unknown): boolean =>
  error instanceof Error && REFUSED.test(error.name);

/** Whether an answer is: by API Gateway's header, or by the code in the body of other services. */
export const isRefusal = (errorType: string | null, body: string): boolean =>
  REFUSED.test(errorType ?? "") || REFUSED.test(body);

/** Says which profile the credentials are from, and the command that renews them. */
export function credentialAdvice(profile: string | undefined, cause: unknown): RequestError {
  const whose = profile === undefined ? "the default credentials" : `the credentials of profile ${profile}`;
  const flag = profile === undefined ? "" : ` --profile ${profile}`;
  const said = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
  return new RequestError(
    `${whose} are missing or have expired: ${said}\nRenew them:  ${renewal(said)}${flag}`,
    { cause },
  );
}

/** Where the credentials come from decides the command; without a hint, the one that asks for keys. */
function renewal(said: string): string {
  if (/\bSSO\b|sso/.test(said)) return "aws sso login";
  if (/aws login|login session/i.test(said)) return "aws login";
  return /expired|security token/i.test(said) ? "aws sso login" : "aws configure";
}
