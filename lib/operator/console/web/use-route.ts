import { useEffect, useState } from "preact/hooks";
import { hrefTo, parseRoute, type Route } from "./route.ts";

export function go(route: Exclude<Route, { kind: "not-found" }>): void {
  location.hash = hrefTo(route);
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return parseRoute(hash);
}
