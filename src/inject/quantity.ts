const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes of a Kubernetes quantity such as `128Mi` or `1e9`; `undefined` if it is not one. */
export function bytesOf(quantity: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)(?:([a-zA-Z]*)|[eE]([+-]?\d+))$/.exec(quantity);
  if (match === null) return undefined;
  const factor = match[3] === undefined ? FACTORS[match[2] ?? ''] : 10 ** Number(match[3]);
  return factor === undefined ? undefined : Number(match[1]) * factor;
}
