import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ConsoleError } from "./console-error.ts";

/**
 * The session of one browser. Other users of the machine reach the port too, and the server signs its requests with
 * the operator's credentials.
 */
export interface Session {
  /** Part of the printed address. It is valid once: addresses remain in histories and lists of processes. */
  readonly key: string;
  /** Exchanges the key in an address for a cookie; undefined where the key is wrong or used. */
  redeem(url: URL, path: string): string | undefined;
  /** True for a request that carries the cookie. */
  isSignedIn(incoming: IncomingMessage): boolean;
}

/** `port` is in the cookie's name: browsers share cookies over ports. */
export function createSession(port: number, random = () => randomBytes(24).toString("base64url")): Session {
  const key = random();
  const token = random();
  const name = `order-events-console-${port}`;
  let isUsed = false;
  return {
    key,
    redeem(url, path) {
      if (isUsed || !isSame(url.searchParams.get("key") ?? "", key)) return undefined;
      isUsed = true;
      return `${name}=${token}; Path=${path}; HttpOnly; SameSite=Strict`;
    },
    isSignedIn({ headers: { cookie = "" } }) {
      const cookies = cookie.split(/;\s*/);
      const received = cookies.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
      return received !== undefined && isSame(received, token);
    },
  };
}

export const notSignedIn = (): ConsoleError =>
  new ConsoleError(
    401,
    "NO_SESSION",
    "The printed address is valid for one browser, once. For another browser, run the command again.",
  );

/** Compares in constant time. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
