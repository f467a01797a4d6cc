/** A broker, and where its credentials come from. */
export interface RabbitConnection {
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  readonly tls: boolean;
  /** Resolves to the credentials. `isStale`: the broker refused the last ones. */
  readonly credentials: (isStale: boolean) => Promise<RabbitCredentials>;
}

export interface RabbitCredentials {
  readonly username: string;
  readonly password: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Throws on a URL that is not of AMQP. `amqp:` and credentials in the URL are for a broker on a loopback address only;
 * elsewhere `secret` gives the credentials. No message holds the URL, which may hold a password.
 */
export function rabbitConnection(
  text: string,
  secret?: (isStale: boolean) => Promise<RabbitCredentials>,
): RabbitConnection {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["amqp:", "amqps:"].includes(url.protocol) || url.hostname === "") {
    throw new Error("RABBITMQ_URL must be amqp[s]://host[:port][/vhost].");
  }
  const tls = url.protocol === "amqps:";
  const isLocal = LOOPBACK.test(url.hostname);
  if (!tls && !isLocal) {
    throw new Error(
      `RABBITMQ_URL may begin with amqp: only for a broker on a loopback address; for ${url.hostname} use amqps:.`,
    );
  }
  const given = credentialsIn(url);
  if (given !== undefined && !isLocal) {
    throw new Error(
      "RABBITMQ_URL may hold credentials only for a broker on a loopback address; elsewhere set RABBITMQ_SECRET.",
    );
  }
  const credentials = secret ?? (given === undefined ? undefined : async () => given);
  if (credentials === undefined) {
    throw new Error("RABBITMQ_SECRET, the ARN of a secret with username and password, is missing.");
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (tls ? 5671 : 5672) : Number(url.port),
    // As the clients of RabbitMQ read it: no path is `/`, and a path is encoded.
    vhost: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : "/",
    tls,
    credentials,
  };
}

function credentialsIn({ username, password }: URL): RabbitCredentials | undefined {
  if (username === "") return undefined;
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
