import { initialRate, SAMPLING_HTTP_PORT, samplingHost, strategyFor } from '../../sampling/index.ts';
import { settingSource } from '../container-draft.ts';
import { readVariable } from '../container-env.ts';
import type { Scope } from '../scope.ts';

const TYPE = 'JAEGER_SAMPLER_TYPE';
const PARAM = 'JAEGER_SAMPLER_PARAM';

/** What Jaeger's own clients keep: asked of the sampling server where it is live, else the strategy itself, which they know. */
export function jaegerSampler({ candidate, target, serviceName, draft }: Scope): void {
  const { jaegerAgent, sampling } = candidate.settings;
  if (!jaegerAgent.enabled.value) return;
  // Jaeger's clients report their own variable's name before any other.
  const own = readVariable(target.env, 'JAEGER_SERVICE_NAME');
  const name = own === null ? (serviceName.reported ?? serviceName.derived).value : own;
  const strategy = strategyFor(name, sampling.services.value, sampling.default.value);
  if (sampling.live.value) {
    const source = settingSource(sampling.live);
    const uses = [sampling.live];
    const host = `${samplingHost(candidate.input.namespace)}:${SAMPLING_HTTP_PORT}`;
    const rate = String(initialRate(strategy, sampling.default.value));
    draft.offer([
      { name: TYPE, value: 'remote', source, uses },
      { name: PARAM, value: rate, source },
      // Without these a remote sampler asks the agent's host, where nobody answers: all four or none.
      { name: 'JAEGER_SAMPLING_ENDPOINT', value: `http://${host}/sampling`, source },
      { name: 'JAEGER_SAMPLER_MANAGER_HOST_PORT', value: host, source },
    ]);
    return;
  }
  if (strategy === undefined) return;
  const setting = strategy === sampling.default.value ? sampling.default : sampling.services;
  const { type, param } = strategy;
  const source = settingSource(setting);
  draft.offer([
    {
      name: TYPE,
      value: type,
      source,
      uses: [{ path: `sampling.jaeger:${target.container.name}`, value: { type, param } }],
    },
    { name: PARAM, value: String(param), source },
  ]);
}
