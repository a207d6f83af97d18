import { expect, test } from 'vitest';
import { formatWarnings } from './warnings.ts';

test('a warning names the program, the reason and the message', () => {
  expect(formatWarnings([{ reason: 'PortConflict', message: 'container app declares port 4317' }])).toEqual([
    'tracehook: PortConflict: container app declares port 4317',
  ]);
});

test('a warning of 256 characters is sent whole, and a longer one is cut to 256 between two characters', () => {
  const room = 256 - 'tracehook: A: '.length;
  const [whole] = formatWarnings([{ reason: 'A', message: '😀'.repeat(room) }]);
  expect(whole).toBe(`tracehook: A: ${'😀'.repeat(room)}`);
  const [cut] = formatWarnings([{ reason: 'A', message: '😀'.repeat(room + 1) }]);
  expect(cut).toBe(`tracehook: A: ${'😀'.repeat(room - 1)}…`);
  expect(Array.from(cut ?? '')).toHaveLength(256);
});

test('control characters and broken surrogates, for which the API server drops a warning, are replaced', () => {
  expect(formatWarnings([{ reason: 'A', message: 'a\nb\u0085c\ud800d' }])).toEqual(['tracehook: A: a b c\ufffdd']);
});

test('ten warnings are all sent; of eleven, nine are, and the tenth says how many are not', () => {
  const advice = Array.from({ length: 11 }, (_, index) => ({ reason: 'A', message: `message ${index + 1}` }));
  expect(formatWarnings(advice.slice(0, 10))).toHaveLength(10);
  const warnings = formatWarnings(advice);
  expect(warnings).toHaveLength(10);
  expect(warnings.slice(-2)).toEqual(['tracehook: A: message 9', 'tracehook: 2 more warnings are not shown']);
});
