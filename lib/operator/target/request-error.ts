/** A request failed or was refused; exit code 1. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  /** Of the response, where there was one. */
  readonly status: number | undefined;

  constructor(message: string, { status, ...options }: ErrorOptions & { readonly status?: number } = {}) {
    super(message, options);
    this.status = status;
  }
}
