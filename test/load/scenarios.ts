import { concurrent } from './concurrent.ts';
import type { Scenario } from './finding.ts';
import { idle } from './idle.ts';
import { kill } from './kill.ts';
import { overload } from './overload.ts';
import { restarts } from './restarts.ts';
import { rotations } from './rotations.ts';

/** In the order of the report. */
export const SCENARIOS: readonly Scenario[] = [restarts, rotations, kill, idle, concurrent, overload];
