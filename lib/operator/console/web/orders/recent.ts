/** Orders that were opened or placed in this tab, the latest first. */
const KEY = "order-events.orders";
const MAX_RECENT = 12;

export function recentOrders(): readonly string[] {
  try {
    const saved: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(saved) ? saved.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

export function rememberOrder(orderId: string): void {
  const others = recentOrders().filter((each) => each !== orderId);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([orderId, ...others].slice(0, MAX_RECENT)));
  } catch {
    // A browser may forbid storage; the list stays empty.
  }
}
