/** What the step gives every subnet alike. */
export interface Plan {
  /** TAO to be emitted in the step, within the breakers' limit. */
  readonly issue: number;
  /** Share of the surplus that is recycled, share of the rest that is burned, and TAO that both may destroy in the step. */
  readonly recycleShare: number;
  readonly burnShare: number;
  readonly burnLimit: number;
  /** TAO on root before the step. */
  readonly root: number;
  /** 1 over the sum of weights. */
  readonly perWeight: number;
  /** 1 while root is paid. */
  readonly rootPaid: number;
  /** Weight of the step in the moving prices. */
  readonly priceWeight: number;
  /** TAO that investors and newcomers may pay into one pool. */
  readonly payLimit: number;
  /** TAO that investors think an alpha of reference quality is worth, before dilution. */
  readonly worth: number;
  /** USD price over its start, times alpha price in starting prices per TAO/alpha: turns alpha prices into miners' income. */
  readonly incomePerPrice: number;
}
