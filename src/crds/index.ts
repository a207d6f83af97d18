/**
 * The CustomResourceDefinitions, pure: what settings/ holds files against, said to the API server.
 *
 *   settings/schema.ts, settings/status-schema.ts → structural.ts → definitions.ts → charts/tracehook/crds/*.yaml (npm run crds)
 *   traits.ts, resource-traits.ts: what a schema of ours does not say (rules between fields, keys of lists)     cel.ts: their language
 *
 * Nothing of the running program needs it.
 */
export { type CustomResourceDefinition, customResourceDefinition } from './definitions.ts';
