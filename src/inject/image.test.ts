import { expect, it } from 'vitest';
import { imageVersion } from './image.ts';

const digest = `sha256:${'a'.repeat(64)}`;

it.each<[string | null | undefined, string | undefined]>([
  [undefined, undefined],
  [null, undefined],
  ['', undefined],
  ['app', undefined],
  ['app:1.2', '1.2'],
  ['team/app:1.2', '1.2'],
  ['example.test:5000/team/app', undefined],
  ['example.test:5000/team/app:1.2', '1.2'],
  [`app@${digest}`, digest],
  [`app:1.2@${digest}`, `1.2@${digest}`],
  [`example.test:5000/app@${digest}`, digest],
  ['app:', undefined],
])('the version that image %s names is %s', (image, version) => {
  expect(imageVersion(image)).toBe(version);
});
