import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problem.ts';
import { ANNOTATIONS, readAnnotations } from './annotations.ts';

describe('the annotations of a Pod', () => {
  it('say nothing where there are none', () => {
    for (const annotations of [undefined, null, {}, { 'example.com/inject': 'true' }]) {
      expect(readAnnotations(annotations)).toEqual({
        languageOf: new Map(),
        attributes: new Map(),
        unknown: [],
        askProblems: [],
        problems: [],
      });
    }
  });

  it.each([
    ['app', ['app']],
    ['app,web', ['app', 'web']],
    [' app , web ', ['app', 'web']],
    ['app,,web,', ['app', 'web']],
  ])('list containers with commas and spaces (%j)', (value, containers) => {
    expect(readAnnotations({ 'tracehook.io/containers': value }).containers).toEqual(containers);
  });

  it('list no variables to skip with an empty text, while no containers make no sense', () => {
    const { skipEnv, containers, problems } = readAnnotations({
      'tracehook.io/skip-env': '',
      'tracehook.io/containers': '',
    });
    expect(skipEnv).toEqual([]);
    expect(containers).toBeUndefined();
    expect(problems.map(formatProblem)).toEqual([
      'annotation tracehook.io/containers: must be names of containers, separated by commas, is ""',
    ]);
  });

  it('name languages and attributes in their keys', () => {
    const { languageOf, attributes } = readAnnotations({
      'tracehook.io/language.app': 'go',
      'resource.opentelemetry.io/service.name': 'cart',
      'resource.opentelemetry.io/team': '',
    });
    expect([...languageOf]).toEqual([['app', 'go']]);
    expect([...attributes]).toEqual([['service.name', 'cart']]);
  });

  it('are unknown if they are of ours and not in the table, and none of ours otherwise', () => {
    const keys = ['tracehook.io/Inject', 'tracehook.io/language.', 'tracehook.io/', 'tracehook.io/statuses'];
    const others = ['resource.opentelemetry.io/', 'tracehook.io', 'sidecar.jaegertracing.io/injected'];
    const annotations = Object.fromEntries([...keys, ...others].map((key) => [key, 'true']));
    expect(readAnnotations(annotations)).toMatchObject({ unknown: keys, askProblems: [], problems: [] });
  });

  it.each(['constructor', 'toString', 'Go', 'go ', ''])('know no language %j', (value) => {
    const { language, problems } = readAnnotations({ 'tracehook.io/language': value });
    expect(language).toBeUndefined();
    expect(problems.map(formatProblem)).toEqual([
      `annotation tracehook.io/language: must be one of go, java, java-agent, nodejs, python, dotnet, is "${value}"`,
    ]);
  });

  it('keep the status as it is, whatever it says', () => {
    expect(readAnnotations({ 'tracehook.io/status': 'x' }).status).toBe('x');
  });

  it('stand in the table once each, with values and meaning', () => {
    expect(new Set(ANNOTATIONS.map(({ key }) => key)).size).toBe(ANNOTATIONS.length);
    for (const { values, meaning } of ANNOTATIONS) expect([values, meaning]).not.toContain('');
  });

  it('may name a container of one letter, and none that has no name of a container beside one that has', () => {
    expect(readAnnotations({ 'tracehook.io/containers': 'a' }).containers).toEqual(['a']);
    expect(readAnnotations({ 'tracehook.io/containers': 'app,App' }).problems).toHaveLength(1);
  });

  it('have attributes of 4096 characters and no more, 128 of them and no more', () => {
    const attributes = (count: number, length: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`resource.opentelemetry.io/a${index}`, 'x'.repeat(length)]),
      );
    expect(readAnnotations(attributes(128, 4096)).problems).toEqual([]);
    expect(readAnnotations(attributes(1, 4097)).problems).toHaveLength(1);
    expect(readAnnotations(attributes(129, 1)).problems.map(formatProblem)).toEqual([
      'annotations resource.opentelemetry.io/*: must be at most 128, are 129',
    ]);
  });
});
