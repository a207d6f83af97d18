/**
 * The one vocabulary of reasons: in plans, reports, metrics labels, warnings and audit annotations. A reason is a code and a
 * sentence; docs/reasons.md lists the same.
 */

/** Why a Pod is left alone. */
export const SKIP_REASONS = {
  NamespaceNotOptedIn: 'the namespace is not opted in: its label tracehook.io/injection is neither "enabled" nor "all"',
  NotRequested: 'the Pod did not ask for it: it has no annotation tracehook.io/inject',
  OptedOut: 'the Pod refused by annotation',
  InvalidAnnotation: 'an annotation has a value that is not known',
  InvalidPod: 'the Pod does not have the shape of a Pod',
  MirrorPod: 'the Pod mirrors a static Pod, which its node runs as its own file says',
  WindowsPod: 'the Pod runs on Windows, where nothing of this is tested',
  NoCollector: 'no collector endpoint is configured for the namespace',
  NoMatchingContainer: 'no container is to be injected',
  ConfigFileInUse: 'every container is configured by a file (OTEL_CONFIG_FILE), which overrides all variables',
  SdkDisabled: 'every container has OTEL_SDK_DISABLED=true',
  HostNetworkPort: "the agent sidecar would take ports of the node, since the Pod uses the host's network",
  PortConflict: 'a container declares a port that the agent sidecar listens on',
  NameConflict: 'a container of the Pod has the name of the agent sidecar',
  SidecarHeaders: 'the collector needs headers from a Secret, which the agent sidecar cannot send',
  PatchTooLong: 'what would be added is more than the API server could store',
  AnnotationsTooLong: 'with the status annotation, the annotations would be longer than the API server takes',
  NotAPod: 'the object is not a Pod',
  NotACreate: 'the operation is not CREATE',
  InternalError: 'Tracehook failed; the Pod is admitted as it is',
} as const;

/** What became of a Pod that was not skipped. */
export const INJECTION_REASONS = {
  Injected: 'variables or an agent sidecar were added',
  AlreadyInjected: 'the Pod has everything that would be added, by an earlier injection',
  NothingToAdd: 'every variable is the own one of the Pod, or skipped',
} as const;

/** What its author should know of a Pod that is injected. */
export const NOTE_REASONS = {
  EnvFromUnseen: 'the names in an envFrom source are not known, so variables of ours may hide some of it',
  SidecarUnused: 'no agent sidecar was added: no container would use it, since each keeps an endpoint of its own',
  ContainerNotFound: 'an annotation names a container that the Pod does not have',
  UnknownAnnotation: 'an annotation of Tracehook that does not exist',
  UnknownVariable: 'a variable is named that Tracehook never injects',
  RateLimitNotStatic: 'a rate limit cannot be told to an SDK by variable; the default share is used',
  OperationsNotStatic:
    "strategies of single operations cannot be told to an SDK by variable; the service's own is used",
  PropagatorUnsupported: "a configured propagator is not built into the language's SDK",
  AttributesTooLong: 'the resource attributes would be longer than a variable may be, so ours are left out',
  AttributesMalformed:
    'OTEL_RESOURCE_ATTRIBUTES of the container has an entry that is not key=value: SDKs drop all of it, and Java applications may not start',
  CertificateUnknown: 'the ConfigMap of the CA is not known to have its key, so the variable is left out',
  ProtocolUnavailable: "the collector has no endpoint for the protocol that the language's SDK uses first",
  ConfigFileInUse: 'the container is configured by a file (OTEL_CONFIG_FILE), which overrides all variables',
  SdkDisabled: 'the container has OTEL_SDK_DISABLED=true',
  VolumeConflict: 'the Pod has a volume or a mount of its own where the CA would go, so the variable is left out',
  HelperConflict: 'the container has a variable of its own with the name of a helper variable',
} as const;

/** Why one variable was left alone. */
export const KEEP_REASONS = {
  UserDefined: 'the container sets it',
  EnvFromDefined: 'an envFrom source of the container defines it',
  PairKept: 'travels together with one that is the own one of the container',
  SkipEnv: 'named by skip-env',
  PairSkipped: 'travels together with one named by skip-env',
  ExporterNotOtlp: 'OTEL_TRACES_EXPORTER of the container is not known to be otlp',
  ServiceNameInAttributes: 'service.name stands in OTEL_RESOURCE_ATTRIBUTES of the container',
  AttributesUnknown: 'OTEL_RESOURCE_ATTRIBUTES of the container cannot be read, and may name the service',
  SignalConfigured: 'the container has variables of that signal',
  ValueNotReadable: 'its value cannot be read here as key=value pairs, so it is not extended',
} as const;

/** What is said of running Pods that are not as a new one would be. */
export const DRIFT_REASONS = {
  Missed: 'the Pod would be injected today and is not: it is older than the webhook, the label or the settings',
  Stale: 'the settings that the Pod was injected with have changed since',
  TemplateInjected:
    'the Pod is missed or stale, and its template was injected by "tracehook inject": a restart cannot change that',
  Restarted: 'the workload was restarted, so that its Pods are injected with the settings in force',
  RestartGivenUp: 'the workload did not become healthy in time after it was restarted',
  RestartInVain: 'the workload was restarted, and its new Pods are missed or stale again',
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;
export type InjectionReason = keyof typeof INJECTION_REASONS;
export type NoteReason = keyof typeof NOTE_REASONS;
export type KeepReason = keyof typeof KEEP_REASONS;
export type DriftReason = keyof typeof DRIFT_REASONS;
/** Every reason that a Pod as a whole can have. */
export type PodReason = SkipReason | InjectionReason;
