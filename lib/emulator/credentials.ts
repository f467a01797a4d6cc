/** The emulators check no credentials; the SDK does not send a request without some. */
export const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;
