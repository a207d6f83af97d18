/**
 * What users configure, pure: the shape of the documents, their mistakes, and the settings that result for a namespace.
 *
 *   text → documents.ts → (documents | problems) → resolve.ts → Settings, each value with its source
 *            schema.ts is what documents are held against        configuration.ts: all documents, asked by namespace
 *   api.ts: the names of the API        status-schema.ts: what the controller answers
 *
 * Nothing here does IO: config-file/ reads and watches files, crds/ says the same to the API server.
 */
export { API_GROUP, API_VERSION, CONFIG_RESOURCES, type ConfigKind, configPath, SINGLETON } from './api.ts';
export {
  type Configuration,
  configurationOf,
  describeOptIn,
  INJECTION_LABEL,
  type NamespaceConfiguration,
  type NamespaceOptIn,
  type OptIn,
} from './configuration.ts';
export { type ConfigurationDocuments, type DocumentSource, readDocuments } from './documents.ts';
export { EMBEDDED_CONFIGURATION } from './embedded.ts';
export { readConfigObject, type ReadConfig } from './config-object.ts';
export { misfitsOf } from './layer-document.ts';
export { quantityValue } from './quantity.ts';
export { type Layer, resolveSettings, type Setting, type Settings } from './resolve.ts';
export type { Mistake } from './spec-mistakes.ts';
export { MOST_OF_RESOURCE, SMALLEST_MEMORY_LIMIT } from './resource-rules.ts';
export { ADDRESS_SENTENCES, NONE_ALONE } from './rule-sentences.ts';
export { type Mode, type Protocol, type TracingSpec, TracingSpecSchema } from './schema.ts';
export {
  type ClusterTracingConfigStatus,
  ClusterTracingConfigStatusSchema,
  type Condition,
  type TracingConfigStatus,
  TracingConfigStatusSchema,
} from './status-schema.ts';
export { IPV4, LONGEST_ATTRIBUTE, LONGEST_HOST, SUBDOMAIN, VARIABLE_NAME } from './patterns.ts';
