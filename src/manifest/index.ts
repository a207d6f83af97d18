/**
 * YAML and JSON manifests, pure: text → documents, and edits that leave the user's text as it is.
 *
 *   text → trees.ts → parse.ts → documents (read as kubectl would: scalars.ts)     misreadings.ts: templates, keys such as `n`
 *   text + JSON Patch for some documents → edit.ts → text with a few lines more
 *             change.ts, same-item.ts: old value and new → splices     flow.ts: inside brackets     render.ts: new values as YAML
 *             positions.ts, layout.ts: where things stand            splices.ts: characters that change
 *
 * The only folder that knows the YAML library. Nothing here does IO or knows of Kubernetes kinds.
 */
export { type DocumentEdit, editYaml } from './edit.ts';
export { type ManifestDocument, parseYaml } from './parse.ts';
