/**
 * What an image reference says of the version: `tag@digest`, the one of the two that is there, or `undefined`.
 * Source: OpenTelemetry semantic conventions, "Kubernetes attributes", `service.version`.
 */
export function imageVersion(image: string | null | undefined): string | undefined {
  const [reference = '', digest = ''] = (image ?? '').split('@');
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  const tag = colon === -1 ? '' : name.slice(colon + 1);
  const version = [tag, digest].filter((part) => part !== '').join('@');
  return version === '' ? undefined : version;
}
