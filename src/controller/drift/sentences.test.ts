import { expect, test } from 'vitest';
import { describeDrift } from './sentences.ts';
import type { Workload } from './workloads.ts';

const workload = (kind: string, changes: Partial<Workload> = {}): Workload => ({
  apiVersion: 'apps/v1',
  kind,
  name: 'web',
  uid: 'u',
  templateInjected: false,
  restartable: kind === 'Deployment',
  ...changes,
});
const missed = { state: 'missed', expected: 'bbb' } as const;
const stale = { state: 'stale', expected: 'bbb' } as const;

test.for([
  [
    'a missed Deployment',
    describeDrift({}, missed, workload('Deployment'), false),
    'Missed',
    /kubectl rollout restart deployment\/web$/,
  ],
  [
    'one that is restarted',
    describeDrift({}, missed, workload('Deployment'), true),
    'Missed',
    /it is restarted when its turn comes$/,
  ],
  [
    'a stale Deployment',
    describeDrift({ mark: 'aaa' }, stale, workload('Deployment'), false),
    'Stale',
    /\(config aaa, now bbb\); to mend it/,
  ],
  ['a CronJob', describeDrift({}, missed, workload('CronJob'), true), 'Missed', /the next Job will be as it should$/],
  ['a Job', describeDrift({}, missed, workload('Job'), true), 'Missed', /a Job is not run again for that$/],
  [
    'a bare Pod',
    describeDrift({}, missed, workload('Pod'), true),
    'Missed',
    /^the Pod would be injected today and is not, since it is older/,
  ],
  [
    'an injected template',
    describeDrift({ mark: 'aaa' }, stale, workload('Deployment', { templateInjected: true }), true),
    'TemplateInjected',
    /a restart changes nothing/,
  ],
] as const)('%s', ([, text, reason, message]) => {
  expect(text.reason).toBe(reason);
  expect(text.message).toMatch(message);
});
