import { escapeReferences } from '../expansion.ts';
import type { Scope } from '../scope.ts';

/** `OTEL_SERVICE_NAME`, unless the application's own attributes name the service, which it would override. */
export function serviceName({ target, serviceName: { derived }, candidate, draft }: Scope): void {
  const { attributes } = target;
  if (attributes.state === 'unreadable') return draft.keep('OTEL_SERVICE_NAME', 'AttributesUnknown');
  if (attributes.state === 'readable' && attributes.keys.has('service.name')) {
    return draft.keep('OTEL_SERVICE_NAME', 'ServiceNameInAttributes');
  }
  draft.offer([
    {
      name: 'OTEL_SERVICE_NAME',
      value: escapeReferences(derived.value),
      source: derived.source,
      uses: [candidate.settings.useLabelsForResourceAttributes],
    },
  ]);
}
