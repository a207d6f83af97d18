/** The part of the long run that needs a control plane. */
import { admitPods, type AdmittedPods } from '../admission/admitted-pods.ts';
import { findControlPlane } from '../control-plane/binaries.ts';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { progressOf, say } from './progress.ts';

export type AdmittedReport =
  | { readonly skipped: string }
  | (AdmittedPods & { readonly version: string; readonly seconds: number });

/** An API server has a few requests of controllers at once; with two processors, more would only wait. */
const IN_FLIGHT = 6;

interface AdmittedRun {
  readonly pods: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Has `pods` Pods admitted by an API server of its own, or says why there is none. */
export async function admitOnPlane({ pods, seed, signal }: AdmittedRun): Promise<AdmittedReport> {
  if (pods === 0) return { skipped: 'not asked for' };
  const search = await findControlPlane();
  if ('missing' in search) {
    say(`SKIPPED: Pods on a real API server: ${search.missing}`);
    return { skipped: search.missing };
  }
  const plane = await startControlPlane({ binaries: search.binaries, log: say });
  try {
    const begin = performance.now();
    const tell = progressOf('Pods on a real API server', pods);
    const admitted = await admitPods(plane, { pods, seed, inFlight: IN_FLIGHT, tell, signal });
    return { ...admitted, version: plane.version.gitVersion, seconds: (performance.now() - begin) / 1_000 };
  } finally {
    await plane.stop();
  }
}
