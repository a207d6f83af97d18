import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { run } from '../../src/cli/testing/run.ts';
import { renderControllerMetrics, renderControllerOptions } from './render-controller.ts';
import { renderCommand, renderFile, renderHelpOf } from './render-commands.ts';
import { renderAnnotations, renderChecks, renderLanguages, renderReasons } from './render-injection.ts';
import { renderRejected } from './render-rejected.ts';
import { renderResults } from './render-results.ts';
import { renderSampling, renderSamplingMetrics } from './render-sampling.ts';
import { renderSettings } from './render-settings.ts';
import { renderMetrics, renderRefusals, renderWebhookOptions } from './render-webhook.ts';
import { type Page, ROOT } from './pages.ts';

/** What stands in a region, from the arguments in its marker. */
type Render = (args: string) => string | Promise<string>;

/** Every kind of generated region. A new kind is a line here. */
const RENDERERS: Readonly<Record<string, Render>> = {
  annotations: renderAnnotations,
  languages: renderLanguages,
  checks: renderChecks,
  reasons: renderReasons,
  settings: renderSettings,
  rejected: renderRejected,
  sampling: renderSampling,
  'sampling-metrics': renderSamplingMetrics,
  help: renderHelpOf,
  'webhook-options': renderWebhookOptions,
  refusals: renderRefusals,
  metrics: renderMetrics,
  'controller-options': renderControllerOptions,
  'controller-metrics': renderControllerMetrics,
  results: renderResults,
  file: renderFile,
  run: (args) => renderCommand(args, run),
};

const REGION = /^<!-- generated: (\S+) ?(.*?) -->\n[\s\S]*?^<!-- \/generated -->$/gm;

/** The page as it has to be: every generated region anew, and formatted. */
export async function regenerate({ path, text }: Page): Promise<string> {
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(REGION)) {
    const [whole, name = '', args = ''] = match;
    const render = RENDERERS[name];
    if (render === undefined)
      throw new Error(
        `${path}: no generated region is named "${name}"; there are ${Object.keys(RENDERERS).join(', ')}`,
      );
    const marker = whole.slice(0, whole.indexOf('\n'));
    parts.push(text.slice(end, match.index), `${marker}\n\n${(await render(args)).trim()}\n\n<!-- /generated -->`);
    end = match.index + whole.length;
  }
  return end === 0 ? text : formatPage(path, parts.join('') + text.slice(end));
}

/** As `npm run format` does it, by the same program, so that the two agree. */
export function formatPage(path: string, text: string): string {
  const oxfmt = join(ROOT, 'node_modules/.bin/oxfmt');
  return execFileSync(oxfmt, ['--stdin-filepath', path], { cwd: ROOT, input: text, encoding: 'utf8' });
}
