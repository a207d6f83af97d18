import { CHECKS } from '../inject/index.ts';
import type { Decision } from './decide.ts';

/** What one check said. */
export interface Step {
  readonly name: string;
  readonly passed: boolean;
  readonly message: string;
}

/** The checks up to the one that stopped the Pod, or all. */
export function stepsOf({ result }: Decision): readonly Step[] {
  if (result.outcome === 'failed') return [];
  const stop = result.outcome === 'skipped' ? CHECKS.findIndex(({ name }) => name === result.check) : -1;
  // What stopped it may come after all checks.
  const passed = CHECKS.slice(0, stop === -1 ? CHECKS.length : stop).map(({ name, passes }) => ({
    name,
    passed: true,
    message: passes,
  }));
  if (result.outcome !== 'skipped') return passed;
  return [...passed, { name: result.check, passed: false, message: `${result.reason}: ${result.message}` }];
}
