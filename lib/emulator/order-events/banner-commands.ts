const JSON_TYPE = "-H 'Content-Type: application/json'";
const ORDER = {
  customerId: "c-1",
  contact: { email: "ada@example.com" },
  currency: "EUR",
  lines: [{ sku: "tea", quantity: 2, unitPrice: 450 }],
};
const order = (quantity: number) => JSON.stringify({ ...ORDER, lines: [{ ...ORDER.lines[0], quantity }] });

/** Commands that can be pasted in this order. */
export function orderCommands(url: string): string {
  const placeOrder = (quantity: number) =>
    `curl -s -X POST ${url}/orders ${JSON_TYPE} -H "Idempotency-Key: $(date +%s%N)" -d '${order(quantity)}'`;
  return `
  # set the stock to 10, order 2, read the order
  curl -s -X PUT ${url}/stock/tea ${JSON_TYPE} -d '{"onHand":10}'
  ORDER=$(${placeOrder(2)} | tee /dev/stderr | sed 's/.*"orderId":"\\([^"]*\\)".*/\\1/')
  curl -s ${url}/orders/$ORDER
  # cancel the order; its stock is released
  curl -s -X POST ${url}/orders/$ORDER/cancel
  curl -s ${url}/stock/tea
  # exceed the stock: the order is accepted, then rejected by mail
  ${placeOrder(1000)}
  # break the stock table for 4 s: the order waits and is retried
  npx order-events break table:stock --for 4s
  npx order-events orders place --sku tea
  npx order-events mend
`;
}
