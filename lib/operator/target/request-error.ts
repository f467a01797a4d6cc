/** A request failed or was refused; exit code 1. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}
