/**
 * Configuration from the objects of a cluster: watched, held in memory, and in force as soon as the API server tells of a change.
 *
 *   API server ─ kube/ ─┬─ ClusterTracingConfig, TracingConfigs ─ config-objects.ts (read alone) ─► layers.ts (in force, resolved lazily)
 *                       ├─ ConfigMaps, metadata ─ key-names.ts ─► shared-sets.ts                        │
 *                       └─ Namespaces, metadata                                 view.ts: Configuration ◄─┘
 *
 * open.ts wires; watched-kinds.ts says what is kept of each kind, reports.ts what people are told. The only folder that reads
 * configuration from a cluster; what an object may say is settings/'s matter.
 */
export { type ClusterConfiguration, type ConfigurationChange, openClusterConfiguration } from './open.ts';
