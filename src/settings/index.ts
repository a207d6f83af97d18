/**
 * What users configure, pure: the shape of the documents, their mistakes, and the settings that result for a namespace.
 *
 *   text → documents.ts → (documents | problems) → resolve.ts → Settings, each value with its source
 *            schema.ts is what documents are held against        configuration.ts: all documents, asked by namespace
 *
 * Nothing here does IO: config-file/ reads and watches files.
 */
export { type ConfigKind, configPath, SINGLETON } from './api.ts';
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
export { misfitsOf, readConfigObject, type ReadConfig } from './layer-document.ts';
export { quantityValue } from './quantity.ts';
export { type Layer, resolveSettings, type Setting, type Settings } from './resolve.ts';
export type { Mistake } from './spec-mistakes.ts';
export type { Mode, Protocol, TracingSpec } from './schema.ts';
export { LONGEST_ATTRIBUTE, SUBDOMAIN, VARIABLE_NAME } from './patterns.ts';
