/** The port of the first API, unless a flag names another. */
export const DEFAULT_PORT = 4010;
