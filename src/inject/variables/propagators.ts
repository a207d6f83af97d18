import { settingSource } from '../container-draft.ts';
import type { Scope } from '../scope.ts';

/** `OTEL_PROPAGATORS`: of those configured, what the language's SDK has built in. Some SDKs stop at an unknown name. */
export function propagators({ candidate, target: { support }, draft }: Scope): void {
  const setting = candidate.settings.propagators;
  if (setting.value === undefined) return;
  const supported = setting.value.filter((name) => support.propagators.includes(name));
  const missing = setting.value.filter((name) => !support.propagators.includes(name));
  const name = 'OTEL_PROPAGATORS';
  if (supported.length === 0) {
    if (!draft.keepsOwn([name]) && !draft.skips([name])) noteMissing();
    return;
  }
  const added = draft.offer([{ name, value: supported.join(','), source: settingSource(setting), uses: [setting] }]);
  if (added && missing.length > 0) noteMissing();

  function noteMissing(): void {
    draft.note(
      'PropagatorUnsupported',
      `${missing.join(', ')} of ${settingSource(setting)} is not built into the language's SDK`,
    );
  }
}
