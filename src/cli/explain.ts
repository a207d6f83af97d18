import { type Decision, decideAll, isInjection } from './decide.ts';
import { defineCommand } from './define-command.ts';
import { renderExplanation } from './explanation.ts';
import { EXIT, paintFor } from './io.ts';
import { INPUT_EXAMPLE, INPUT_OPTIONS, readInput, remarksOn } from './input.ts';
import { identityOf, type ManifestObject } from './objects.ts';
import { choiceOption, optionalOption } from './option-kinds.ts';
import { decisionAsJson } from './report.ts';
import { stepsOf } from './steps.ts';

/** `tracehook explain`: the decision on each object, step by step. */
export const explain = defineCommand({
  name: 'explain',
  summary: 'Explain what becomes of manifests, and why',
  description:
    'Shows the decision on every Pod and Pod template of the input: which check let it pass or stopped it, in which mode it is injected, every variable with its value and where the value comes from, every variable that is left to the container and why, and what its author should know.',
  usage: '-f FILE|FOLDER|- [OPTIONS]',
  options: {
    ...INPUT_OPTIONS,
    name: optionalOption({
      placeholder: 'KIND/NAME',
      environment: false,
      help: 'Only this object, for example deployment/my-service.',
    }),
    output: choiceOption({
      short: 'o',
      placeholder: 'FORMAT',
      fallback: 'text',
      words: ['text', 'json'],
      environment: false,
      help: 'text, or json: one array, with the whole plan of each object.',
    }),
  },
  examples: [
    { does: 'Why is my service (not) injected?', line: 'tracehook explain -f deployment.yaml --config tracing.yaml' },
    {
      does: 'One object of many, for another program',
      line: 'tracehook explain -f manifests/ --name deployment/my-service -o json',
    },
    INPUT_EXAMPLE('explain'),
  ],
  exitCodes: {
    0: 'every object was explained, also where it is not injected',
    1: 'some object could not be processed, or none has the given name',
    2: 'nothing was explained: wrong command line, a file that cannot be read, or mistakes in YAML or configuration',
  },
  async act(given, io) {
    const input = await readInput(given, io);
    if (input === undefined) return EXIT.usage;
    const wanted = input.objects.filter((object) => given.name === undefined || isNamed(object, given.name));
    const decisions = decideAll(wanted, input.configuration);
    if (given.name !== undefined && decisions.length === 0) {
      const names = decideAll(input.objects, input.configuration).map(({ place }) => identityOf(place.object));
      const there = names.length === 0 ? 'the input has none' : `there are ${names.join(', ')}`;
      io.err(
        `tracehook explain: --name: must be kind/name of a Pod or workload of the input, is "${given.name}"; ${there}\n`,
      );
      return EXIT.failed;
    }
    if (given.output === 'json') io.out(`${JSON.stringify(decisions.map(explanationAsJson), null, 2)}\n`);
    else io.out(renderExplanation(decisions, remarksOn(input, decisions), paintFor(io)));
    return decisions.some(({ result }) => result.outcome === 'failed') ? EXIT.failed : EXIT.ok;
  },
});

/** `deployment/my-service`, with any case of the kind, or with the namespace between the two. */
function isNamed({ kind, namespace, name }: ManifestObject, wanted: string): boolean {
  const [wantedKind = '', ...rest] = wanted.split('/');
  return wantedKind.toLowerCase() === kind.toLowerCase() && [name, `${namespace}/${name}`].includes(rest.join('/'));
}

function explanationAsJson(decision: Decision): object {
  const { result } = decision;
  return {
    ...decisionAsJson(decision),
    checks: stepsOf(decision),
    ...(isInjection(result) ? { plan: result } : {}),
  };
}
