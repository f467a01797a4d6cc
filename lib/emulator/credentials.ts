/** The emulator checks no credentials, but the SDK requires some. */
export const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;
