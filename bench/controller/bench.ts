import { mkdirSync } from 'node:fs';
import type { Cluster } from './cluster.ts';

/** What all parts share. */
export interface Bench {
  readonly cluster: Cluster;
  readonly rounds: number;
  /** Samples and pauses are divided by this: 1, or more for a run that only shows that all works. */
  readonly hurry: number;
  /** How long the churn lasts. */
  readonly churnMinutes: number;
  /** Pods that are there for the figure of memory. */
  readonly pods: number;
  /** Options of Node for a controller of this part: a CPU profile, if one is wanted. */
  readonly nodeOptions: (part: string) => readonly string[];
  readonly say: (line: string) => void;
}

/** @param folder where profiles go; `undefined`: none are wanted. */
export function profileInto(folder: string | undefined): Bench['nodeOptions'] {
  if (folder === undefined) return () => [];
  mkdirSync(folder, { recursive: true });
  let number = 0;
  return (part) => {
    number += 1;
    return ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${part}-${number}.cpuprofile`];
  };
}
