import { createControllerMetrics } from '../../src/controller/metrics.ts';
import { createSamplingMetrics } from '../../src/sampling-server/index.ts';
import { metricsTable, renderOptionsOf } from './render-webhook.ts';

/** The options of `tracehook controller`. */
export function renderControllerOptions(): string {
  return renderOptionsOf('controller');
}

/** The controller's metrics and the sampling server's, from the page that is served. */
export async function renderControllerMetrics(): Promise<string> {
  const metrics = createControllerMetrics({
    queue: () => ({ waiting: 0, underWay: 0, failing: 0 }),
    isLeader: () => false,
    namespaces: () => ({ synced: 0, conflicting: 0, failing: 0, misconfigured: 0, pending: 0 }),
    pods: () => ({ wanted: 0, injected: 0, missed: 0, stale: 0 }),
    droppedLines: () => 0,
  });
  createSamplingMetrics(metrics.registry);
  return metricsTable(await metrics.text());
}
