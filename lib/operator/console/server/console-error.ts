/** A request that the console refuses or cannot serve. The message is shown to the operator. */
export class ConsoleError extends Error {
  override readonly name = "ConsoleError";
  readonly status: number;
  /** Stable, like the codes of the product's API. */
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}
