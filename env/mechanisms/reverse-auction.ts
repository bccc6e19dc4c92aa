/**
 * Expected price of a new lease in a reverse auction, from order statistics. One provider always bids and a Poisson number of others,
 * `mostBids` on average when all capacity is idle, in proportion to the idle share. Costs of an order are uniform on
 * [`costLow`, `ceiling`] (hardware, place and load differ by order); bidders shade as in a first-price auction:
 * bid = cost + (ceiling - cost) / bidders. Tenants take the lowest bid with chance `keenness`, else one chosen for other reasons.
 * The means over the number of bidders are rational forms of 2(x - 1 + e^-x)/x^2 and (1 - e^-x)/x, right to 4 %.
 * Checked against 200 explicit providers in the test.
 */
export function auctionPrice(idle: number, mostBids: number, costLow: number, ceiling: number, keenness: number): number {
  const others = mostBids * Math.max(0, idle);
  const lowest = (6 + 2 * others) / (6 + 4 * others + others * others);
  const typical = 0.5 + (1 + 0.5 * others) / (2 + 2 * others + others * others);
  return costLow + (ceiling - costLow) * (keenness * lowest + (1 - keenness) * typical);
}
