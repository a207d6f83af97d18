// The clients, each as its users have it. What it is told is what the webhook writes for its language; only its interval of a minute is shortened.
import { join } from 'node:path';
import type { ClientCommand } from './client-process.ts';
import type { KitName } from './kits.ts';

export interface Client {
  readonly name: string;
  readonly kit: KitName;
  /** Its language, in the word of the annotation. */
  readonly language: string;
  /** It takes rate limits and tells of single operations. */
  readonly knows: { readonly limits: boolean; readonly operations: boolean };
  readonly command: (folder: string, variables: Readonly<Record<string, string>>) => ClientCommand;
}

const all = { limits: true, operations: true } as const;

export const CLIENTS: readonly Client[] = [
  {
    name: "OpenTelemetry's Java agent, over gRPC",
    kit: 'java',
    language: 'java-agent',
    knows: all,
    command: (cwd, variables) => ({
      ...java(cwd, ['-javaagent:lib/opentelemetry-javaagent-2.33.1.jar'], 'Application'),
      env: {
        OTEL_SERVICE_NAME: pick(variables, 'OTEL_SERVICE_NAME'),
        OTEL_TRACES_SAMPLER: pick(variables, 'OTEL_TRACES_SAMPLER'),
        OTEL_TRACES_SAMPLER_ARG: `${pick(variables, 'OTEL_TRACES_SAMPLER_ARG')},pollingIntervalMs=200`,
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        // Its start takes twenty seconds with all of them.
        OTEL_INSTRUMENTATION_COMMON_DEFAULT_ENABLED: 'false',
        OTEL_INSTRUMENTATION_OPENTELEMETRY_API_ENABLED: 'true',
      },
    }),
  },
  {
    name: "Jaeger's client for Java, which knows a host and a port",
    kit: 'java',
    language: 'java',
    knows: all,
    command: (cwd, variables) => ({
      ...java(cwd, [], 'JaegerClient'),
      env: picked(variables, ['JAEGER_SERVICE_NAME', 'JAEGER_SAMPLER_MANAGER_HOST_PORT', 'JAEGER_SAMPLER_PARAM']),
    }),
  },
  {
    name: "OpenTelemetry's jaegerremote for Go",
    kit: 'go',
    language: 'go',
    knows: all,
    command: (cwd, variables) => ({
      file: join(cwd, 'bin/contrib'),
      args: [],
      cwd,
      env: picked(variables, ['JAEGER_SERVICE_NAME', 'JAEGER_SAMPLING_ENDPOINT']),
    }),
  },
  {
    name: "Jaeger's client for Go",
    kit: 'go',
    language: 'go',
    knows: all,
    command: (cwd, variables) => ({
      file: join(cwd, 'bin/jaeger'),
      args: [],
      cwd,
      env: { ...jaegerVariables(variables), JAEGER_SAMPLER_REFRESH_INTERVAL: '200ms' },
    }),
  },
  {
    name: 'the stub of grpc-go',
    kit: 'go',
    language: 'java-agent',
    knows: { limits: false, operations: true },
    command: (cwd, variables) => ({
      file: join(cwd, 'bin/grpc'),
      args: [],
      cwd,
      env: picked(variables, ['JAEGER_SERVICE_NAME', 'OTEL_TRACES_SAMPLER_ARG']),
    }),
  },
  {
    name: "OpenTelemetry's sampler-jaeger-remote for Node",
    kit: 'node',
    language: 'nodejs',
    // Its source: "Strategy RATE_LIMITING not supported."
    knows: { limits: false, operations: true },
    command: (cwd, variables) => ({
      ...node(cwd, 'opentelemetry.mjs'),
      env: picked(variables, ['JAEGER_SERVICE_NAME', 'JAEGER_SAMPLING_ENDPOINT']),
    }),
  },
  {
    name: "Jaeger's client for Node",
    kit: 'node',
    language: 'nodejs',
    knows: all,
    command: (cwd, variables) => ({
      ...node(cwd, 'jaeger.mjs'),
      env: { ...jaegerVariables(variables), JAEGER_SAMPLER_REFRESH_INTERVAL: '200' },
    }),
  },
  {
    name: 'grpc-js',
    kit: 'node',
    language: 'java-agent',
    knows: { limits: false, operations: false },
    command: (cwd, variables) => ({
      ...node(cwd, 'grpc.mjs'),
      env: picked(variables, ['JAEGER_SERVICE_NAME', 'OTEL_TRACES_SAMPLER_ARG']),
    }),
  },
];

function java(cwd: string, options: readonly string[], main: string): Omit<ClientCommand, 'env'> {
  // The hosts file stands for the cluster's DNS.
  const common = ['-Xmx256m', '-Djdk.net.hosts.file=hosts', '-cp', 'classes:lib/*'];
  return { file: 'java', args: [...options, ...common, main], cwd };
}

function node(cwd: string, program: string): Omit<ClientCommand, 'env'> {
  return { file: process.execPath, args: [program], cwd };
}

function jaegerVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith('JAEGER_')));
}

function pick(variables: Readonly<Record<string, string>>, name: string): string {
  const value = variables[name];
  if (value === undefined) throw new Error(`the webhook writes no ${name}`);
  return value;
}

function picked(variables: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, pick(variables, name)]));
}
