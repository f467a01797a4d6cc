/** The management API cannot be used. The message holds the cause and the remedy, and no credentials. */
export class ManagementError extends Error {
  override readonly name = "ManagementError";
}

export interface ManagementOptions {
  /** `http://127.0.0.1:15672`, or `https://…` of a broker on AWS. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

/** A queue as the broker lists it, with its depth at this moment. */
export interface ListedQueue {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly policy?: string;
  readonly messages?: number;
  readonly messages_ready?: number;
  readonly messages_unacknowledged?: number;
}

/** The parts of RabbitMQ's management API that a topology needs, in one vhost. */
export interface Management {
  exchanges(): Promise<
    readonly { readonly name: string; readonly type: string; readonly durable: boolean }[]
  >;
  queues(): Promise<readonly ListedQueue[]>;
  bindings(): Promise<
    readonly { readonly source: string; readonly destination: string; readonly routing_key: string }[]
  >;
  policies(): Promise<readonly ListedPolicy[]>;
  putVhost(): Promise<void>;
  putExchange(name: string, type: string): Promise<void>;
  putQuorumQueue(name: string): Promise<void>;
  bind(exchange: string, queue: string, key: string): Promise<void>;
  unbind(exchange: string, queue: string, key: string): Promise<void>;
  putPolicy(policy: ListedPolicy): Promise<void>;
  /** Sets the password and replaces the permissions. */
  putUser(user: BrokerUser): Promise<void>;
}

export interface ListedPolicy {
  readonly name: string;
  readonly pattern: string;
  readonly "apply-to": string;
  readonly priority: number;
  readonly definition: Readonly<Record<string, unknown>>;
}

/** A user with its permissions in the vhost, as regular expressions. */
export interface BrokerUser {
  readonly name: string;
  readonly password: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

const TIMEOUT_MS = 10_000;

/** Every call rejects with ManagementError. */
export function managementApi({ url, username, password, vhost }: ManagementOptions): Management {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const at = encodeURIComponent(vhost);
  const address = url.replace(/\/$/, "");

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${address}/api/${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new ManagementError(
        `The management API at ${address} does not answer (${reasonOf(cause)}). Check the address, and that the management plugin is enabled.`,
        { cause },
      );
    });
    const text = await response.text();
    if (response.ok) return text === "" ? undefined : JSON.parse(text);
    throw new ManagementError(refusal(response.status, `${method} ${path}`, text));
  }

  function refusal(status: number, what: string, text: string): string {
    if (status === 401)
      return `The broker at ${address} refused the user ${username}. Check its password, and that it may use the management API.`;
    if (status === 403) return `The user ${username} may not ${what}. It needs the tag administrator.`;
    if (status === 404 && what.startsWith("GET")) return `The vhost ${vhost} does not exist at ${address}.`;
    return `The broker answered ${status} to ${what}: ${text.slice(0, 500)}`;
  }

  const list = <T>(what: string, query = "") => call("GET", `${what}/${at}${query}`) as Promise<readonly T[]>;
  const named = (what: string, name: string) => `${what}/${at}/${encodeURIComponent(name)}`;
  return {
    exchanges: () => list("exchanges"),
    // Without statistics, which are some seconds old, and which a new queue lacks.
    queues: () => list("queues", "?disable_stats=true&enable_queue_totals=true"),
    bindings: () => list("bindings"),
    policies: () => list("policies"),
    async putVhost() {
      await call("PUT", `vhosts/${at}`, {});
    },
    async putExchange(name, type) {
      await call("PUT", named("exchanges", name), { type, durable: true });
    },
    async putQuorumQueue(name) {
      await call("PUT", named("queues", name), { durable: true, arguments: { "x-queue-type": "quorum" } });
    },
    async bind(exchange, queue, key) {
      const path = `bindings/${at}/e/${encodeURIComponent(exchange)}/q/${encodeURIComponent(queue)}`;
      await call("POST", path, { routing_key: key });
    },
    async unbind(exchange, queue, key) {
      const path = `bindings/${at}/e/${encodeURIComponent(exchange)}/q/${encodeURIComponent(queue)}`;
      await call("DELETE", `${path}/${encodeURIComponent(key)}`);
    },
    async putPolicy({ name, ...policy }) {
      await call("PUT", named("policies", name), policy);
    },
    async putUser({ name, password: secret, ...permissions }) {
      const user = encodeURIComponent(name);
      await call("PUT", `users/${user}`, { password: secret, tags: "" });
      await call("PUT", `permissions/${at}/${user}`, permissions);
    },
  };
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as {
    readonly cause?: { readonly code?: string };
    readonly message?: string;
  };
  return cause?.code ?? message ?? String(error);
}
