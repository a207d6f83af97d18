/**
 * How the texts of a `spec` are written, as regular expressions of a JSON Schema.
 *
 * None of them says how long a text may be where a bound of the schema can; what an address is, beyond its characters, is in
 * spec-rules.ts.
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
/** A DNS-1123 subdomain: names of Secrets and ConfigMaps. At most LONGEST_NAME characters. */
export const SUBDOMAIN = `^${LABEL}(\\.${LABEL})*$`;
/** A key of a Secret or ConfigMap, which becomes a file's name: not "." and not with ".." in front. */
export const DATA_KEY = '^\\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$';
/** The API server's bound for both. */
export const LONGEST_NAME = 253;
/** Of a list of names to skip; a Pod has no variables of ours beyond some thirty. */
export const MOST_VARIABLES = 256;

/** A name that an environment variable may have. */
export const VARIABLE_NAME = '^[A-Za-z_][A-Za-z0-9_]*$';
/** Far above any that is in use. */
export const LONGEST_VARIABLE_NAME = 253;

/** An attribute's name: what needs no encoding in `OTEL_RESOURCE_ATTRIBUTES`. */
export const ATTRIBUTE_NAME = '^(?!service\\.name$)[A-Za-z][A-Za-z0-9._/-]{0,254}$';
/** The kernel ends a variable at NUL, so the container runtime refuses it. */
export const NO_NUL = '^[^\\u0000]*$';
/** Some thirty of them still fit a variable: on Linux that is 128 KiB. */
export const LONGEST_ATTRIBUTE = 4096;
/** As many as SDKs keep of a span's attributes by default. */
export const MOST_ATTRIBUTES = 128;

/** Three digits of an exponent are more than any bound allows; with twenty the API server could not read it. */
export const QUANTITY = '^([0-9]+|[0-9]*\\.[0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,3})?$';

/** The one reference that an endpoint may hold: the address of the Pod's own node, in brackets for IPv6. */
const NODE_IP = '\\$\\(TRACEHOOK_NODE_IP\\)';
const DNS_LABEL = '[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?';
const ADDRESS = `(${NODE_IP}|\\[${NODE_IP}\\]|\\[[0-9a-fA-F:.]+\\]|${DNS_LABEL}(\\.${DNS_LABEL})*\\.?)`;
const PORT = '([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';

const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
/** The address of a host that ends in a number. */
export const IPV4 = `${BYTE}(\\.${BYTE}){3}`;

/** Without the dot at its end, as in DNS. */
export const LONGEST_HOST = 253;
/** Of a URL or a host, beyond which DNS names are shorter still. */
export const LONGEST_ADDRESS = 1024;
/** A host; it is the first group, here as in the URLs. */
export const HOST = `^${ADDRESS}$`;
/** A URL without a path. */
export const GRPC_URL = `^https?://${ADDRESS}(:${PORT})?/?$`;
/** A URL with or without a path. */
export const HTTP_URL = `^https?://${ADDRESS}(:${PORT})?(/([-A-Za-z0-9._~/]|%[0-9A-Fa-f]{2})*)?$`;

const REGISTRY = `([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*|\\[[0-9a-fA-F:]+\\])(:${PORT})?`;
const IMAGE_PART = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';
/**
 * An image reference. At most LONGEST_IMAGE characters.
 *
 * Source: the grammar in the package "reference" of the project distribution, with sha256 as the only digest.
 */
export const IMAGE = `^(${REGISTRY}/)?${IMAGE_PART}(/${IMAGE_PART})*(:[A-Za-z0-9_][-.A-Za-z0-9_]{0,127})?(@sha256:[0-9a-f]{64})?$`;
/** The grammar's bound for a name, held for the whole reference. */
export const LONGEST_IMAGE = 255;

/** Of a quantity: none that means something is longer. */
export const LONGEST_QUANTITY = 100;
