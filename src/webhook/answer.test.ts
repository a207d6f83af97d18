import { describe, expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { answerBody, type AnswerParts } from './answer.ts';
import { createMetrics } from './metrics.ts';
import { responseOf, reviewWith, UID } from './testing/reviews.ts';
import { runWebhook, tutorialConfiguration } from './testing/running.ts';

const configured = tutorialConfiguration();

function fail(): never {
  throw new Error('broken');
}

/** What a webhook is made of, with a log that can be read. */
function partsWith(changes: Partial<AnswerParts> = {}) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
  const metrics = createMetrics();
  const parts: AnswerParts = { optIn: 'enabled', configuration: () => configured, metrics, logger, ...changes };
  return { parts, lines, metrics };
}

function answer(parts: AnswerParts, body = reviewWith()): string {
  const answered = answerBody(body, parts);
  if (answered === undefined || 'refusal' in answered) throw new Error('there is no answer');
  return answered.text;
}

const brokenLogger = { debug: fail, info: fail, warn: fail, error: fail };
const brokenMetrics = { ...createMetrics(), countDecision: fail };

describe('what was decided holds', () => {
  const sound = answer(partsWith().parts);

  test('if it cannot be logged, and is counted', async () => {
    const { parts, metrics } = partsWith({ logger: brokenLogger });
    expect(answer(parts)).toBe(sound);
    expect(await metrics.text()).toContain(
      'tracehook_admission_decisions_total{outcome="injected",reason="Injected"} 1',
    );
  });

  test('if it cannot be counted, and is logged', () => {
    const { parts, lines } = partsWith({ metrics: brokenMetrics });
    expect(answer(parts)).toBe(sound);
    expect(lines).toHaveLength(1);
  });

  test('over TLS, whatever the logger does', async () => {
    const { call } = await runWebhook({ dependencies: { logger: brokenLogger } });
    const { status, text } = await call({});
    expect(status).toBe(200);
    expect(responseOf(text)).toMatchObject({ allowed: true, uid: UID, auditAnnotations: { reason: 'Injected' } });
  });
});

describe('a failure is answered as such', () => {
  const unreadable = Object.defineProperty(new Error('x'), 'message', { get: fail });
  test.for<[string, unknown]>([
    ['an Error', new Error('lost')],
    ['undefined', undefined],
    ['an Error whose message cannot be read', unreadable],
  ])('and logged, if what was thrown is %s', ([, thrown]) => {
    const configuration = () => {
      throw thrown;
    };
    const { parts, lines } = partsWith({ configuration });
    expect(responseOf(answer(parts)).auditAnnotations).toEqual({ reason: 'InternalError' });
    expect(lines).toHaveLength(1);
  });

  test('even if it can be neither logged nor counted', () => {
    const { parts } = partsWith({ configuration: fail, logger: brokenLogger, metrics: brokenMetrics });
    expect(responseOf(answer(parts))).toMatchObject({ uid: UID, allowed: true });
  });
});
