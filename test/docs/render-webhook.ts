import { COMMANDS } from '../../src/cli/index.ts';
import { environmentNameOf, flagOf } from '../../src/config.ts';
import { createMetrics } from '../../src/webhook/metrics.ts';
import { type Refusal, REFUSALS } from '../../src/webhook/refusal.ts';
import { code, plain, table } from './table.ts';

/** The options of `tracehook webhook`. */
export function renderWebhookOptions(): string {
  return renderOptionsOf('webhook');
}

/** The options of a command, from the table that parses them. */
export function renderOptionsOf(command: string): string {
  const options = COMMANDS.find(({ name }) => name === command)?.options ?? {};
  const rows = Object.entries(options).map(([key, { placeholder, defaultText, environment, help }]) => [
    code(`--${flagOf(key)}${placeholder === undefined ? '' : ` ${placeholder}`}`),
    environment ? code(environmentNameOf(key)) : '',
    defaultText === undefined || defaultText === 'required' ? (defaultText ?? '') : code(defaultText),
    plain(help),
  ]);
  return table(['flag', 'environment', 'default', 'meaning'], rows);
}

/** One example of each refusal, so that the exact text can be shown. */
const EXAMPLES: Readonly<Record<keyof typeof REFUSALS, Refusal>> = {
  path: REFUSALS.path('/mutate'),
  method: REFUSALS.method('GET'),
  contentType: REFUSALS.contentType('text/plain'),
  bodyTooLarge: REFUSALS.bodyTooLarge(),
  bodyTooSlow: REFUSALS.bodyTooSlow(4_000),
  busy: REFUSALS.busy(),
  excessive: REFUSALS.excessive(),
  emptyBody: REFUSALS.emptyBody(),
  brokenJson: REFUSALS.brokenJson(),
  notAnObject: REFUSALS.notAnObject([]),
  apiVersion: REFUSALS.apiVersion('admission.k8s.io/v1beta1'),
  kind: REFUSALS.kind('Pod'),
  request: REFUSALS.request(undefined),
  uid: REFUSALS.uid(''),
  brokenHttp: REFUSALS.brokenHttp(),
  headersTooLarge: REFUSALS.headersTooLarge(),
  requestTooSlow: REFUSALS.requestTooSlow(),
};

/** What is answered to requests that are no reviews. */
export function renderRefusals(): string {
  const rows = Object.values(EXAMPLES).map(({ code: status, error, headers = {} }) => [
    String(status),
    code(JSON.stringify({ error })),
    Object.entries(headers)
      .map(([name, value]) => code(`${name}: ${value}`))
      .join(' '),
  ]);
  return table(['status', 'body', 'header'], rows);
}

/** The metrics of the webhook, from the page that is served. */
export async function renderMetrics(): Promise<string> {
  return metricsTable(await createMetrics().text());
}

/** The metrics that are ours, of a page for Prometheus. */
export function metricsTable(text: string): string {
  const rows = [...text.matchAll(/^# HELP (tracehook_\w+) (.*)\n# TYPE \S+ (\w+)/gm)].map(
    ([, name = '', help = '', type = '']) => [code(name), type, labelsOf(text, name).map(code).join(' '), plain(help)],
  );
  return table(['metric', 'type', 'labels', 'meaning'], rows);
}

/** Names of the labels of a metric's first line; `le` is the histogram's own. */
function labelsOf(text: string, name: string): string[] {
  const [, labels = ''] = new RegExp(`^${name}\\w*\\{(.*)\\} `, 'm').exec(text) ?? [];
  return [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label).filter((label) => label !== 'le');
}
