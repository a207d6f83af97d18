import { quantityValue, type Setting } from '../settings/index.ts';
import type { InjectionInput } from './plan.ts';

/** What the agent sidecar may use. */
export interface AgentResources {
  readonly resources: { readonly requests: Quantities; readonly limits: Quantities };
  /** Its limit of memory, or the configured one, in bytes. */
  readonly memoryBytes: number | undefined;
  /** The settings that it comes from. */
  readonly applied: readonly Setting<string>[];
}

type Quantities = Readonly<Record<string, string>>;

/** Requests and limits of the sidecar, such that the API server takes them beside those of the Pod. */
export function agentResources({ pod, settings: { sidecar } }: InjectionInput): AgentResources {
  const { requests, limits } = pod.spec.resources ?? {};
  const memory = sidecar.limits.get('memory');
  if (Object.keys({ ...requests, ...limits }).length === 0) {
    const own = { requests: within(plain(sidecar.requests), plain(sidecar.limits)), limits: plain(sidecar.limits) };
    return {
      resources: own,
      memoryBytes: bytesOf(memory?.value),
      applied: [...sidecar.requests.values(), ...sidecar.limits.values()],
    };
  }
  const shared = besidePod(limits ?? {}, plain(sidecar.limits));
  // GOMEMLIMIT comes from that of memory, whether the Pod has one or not.
  const applies = (name: string) => name === 'memory' || Object.hasOwn(shared.limits, name);
  const applied = [...sidecar.limits].filter(([name]) => applies(name)).map(([, setting]) => setting);
  return { resources: shared, memoryBytes: bytesOf(shared.limits['memory'] ?? memory?.value), applied };
}

function bytesOf(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : quantityValue(quantity);
}

/**
 * Beside requests and limits of the whole Pod, which containers share: the sidecar asks for nothing of its own and may use
 * no more than the Pod. Left out, a LimitRange would fill them in, and the API server refuse the sum.
 */
function besidePod(
  podLimits: Readonly<Record<string, string | number>>,
  limits: Quantities,
): AgentResources['resources'] {
  const capped: Record<string, string> = {};
  for (const name of ['cpu', 'memory']) {
    const whole = podLimits[name];
    if (whole !== undefined) capped[name] = smaller(String(whole), limits[name]);
  }
  return { requests: { cpu: '0', memory: '0' }, limits: capped };
}

function smaller(quantity: string, other: string | undefined): string {
  return other !== undefined && quantityValue(other) < quantityValue(quantity) ? other : quantity;
}

/** A request above its limit, as layers of settings can make it, is cut to the limit: the API server would refuse the Pod. */
function within(requests: Quantities, limits: Quantities): Quantities {
  const cut = Object.entries(requests).map(([name, request]) => [name, smaller(request, limits[name])] as const);
  return Object.fromEntries(cut);
}

function plain(settings: ReadonlyMap<string, Setting<string>>): Quantities {
  return Object.fromEntries([...settings].map(([key, { value }]) => [key, value]));
}
