import type { Options } from '../config.ts';
import { configurationOptions, openConfiguration } from './configuration-source.ts';
import { defineCommand } from './define-command.ts';
import { EXIT, type Io } from './io.ts';
import {
  choiceOption,
  durationOption,
  optionalOption,
  portOption,
  requiredOption,
  textOption,
} from './option-kinds.ts';

const options = {
  ...configurationOptions,
  tlsCert: requiredOption({
    placeholder: 'FILE',
    help: 'Serving certificate, followed by its chain, in PEM. Changes are followed.',
  }),
  tlsKey: requiredOption({ placeholder: 'FILE', help: 'Private key of the serving certificate, in PEM.' }),
  clientCa: optionalOption({
    placeholder: 'FILE',
    help: 'CA certificates in PEM, one of which must have signed the certificate of a caller. Without it, callers need none.',
  }),
  host: textOption({
    placeholder: 'ADDRESS',
    fallback: '0.0.0.0',
    help: 'Address that the TLS port is bound to; :: is IPv6 and IPv4.',
  }),
  // Private clusters of some clouds let the API server reach nodes on 443 and 10250 only.
  port: portOption({ placeholder: 'PORT', fallback: 10_250, help: 'TLS port that the API server calls.' }),
  metricsHost: textOption({
    placeholder: 'ADDRESS',
    fallback: '0.0.0.0',
    help: 'Address that the metrics port is bound to.',
  }),
  metricsPort: portOption({
    placeholder: 'PORT',
    fallback: 8080,
    help: 'Port of /metrics, /healthz and /readyz, in plain HTTP.',
  }),
  certificatePoll: durationOption({
    placeholder: 'DURATION',
    fallback: '10s',
    help: 'How often certificate files are compared with what is in force.',
  }),
  requestTimeout: durationOption({
    placeholder: 'DURATION',
    fallback: '10s',
    help: 'How long a request may take where the caller names no deadline.',
  }),
  drainDelay: durationOption({
    placeholder: 'DURATION',
    fallback: '5s',
    help: 'How long new requests are still served after SIGTERM, while the cluster learns of it.',
  }),
  drainTimeout: durationOption({
    placeholder: 'DURATION',
    fallback: '15s',
    help: 'How long requests may take to finish after that.',
  }),
  logLevel: choiceOption({
    placeholder: 'LEVEL',
    fallback: 'info',
    words: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    help: 'Least level of log lines: trace, debug, info, warn, error, fatal or silent.',
  }),
};

/** `tracehook webhook`: serves admission reviews until it is told to stop. */
export const webhook = defineCommand({
  name: 'webhook',
  summary: 'Serve the admission webhook',
  description:
    "Answers admission reviews of the Kubernetes API server over TLS, as the cluster's ClusterTracingConfig and TracingConfigs say, or files. Changes of those, and of certificates, are followed. On SIGTERM or SIGINT it finishes what it has begun; a second signal ends it at once.",
  usage: '--tls-cert FILE --tls-key FILE [OPTIONS]',
  options,
  examples: [
    {
      does: 'Serve in a Pod, with a certificate from a mounted Secret',
      line: 'tracehook webhook --tls-cert /tls/tls.crt --tls-key /tls/tls.key',
    },
    {
      does: 'The same by environment',
      line: 'TRACEHOOK_TLS_CERT=/tls/tls.crt TRACEHOOK_TLS_KEY=/tls/tls.key tracehook webhook',
    },
    {
      does: 'With configuration from a folder of files',
      line: 'tracehook webhook --config /config --tls-cert /tls/tls.crt --tls-key /tls/tls.key',
    },
  ],
  exitCodes: {
    0: 'it was told to stop, and has',
    1: 'it could not start: mistakes in the files of the configuration, no way to a cluster, a certificate or a port that cannot be used',
    2: 'wrong command line',
    130: 'a second SIGINT',
    143: 'a second SIGTERM',
  },
  act: serve,
});

async function serve(given: Options<typeof options>, io: Io): Promise<number> {
  // From here on a signal is an orderly stop, also in the midst of starting.
  const stopped = io.untilSignal();
  // Only this command needs a server and a logger; the others start without loading them.
  const [{ startWebhook }, { createLogger, openLogOutput }] = await Promise.all([
    import('../webhook/index.ts'),
    import('../logger.ts'),
  ]);
  const log = openLogOutput(io.logDescriptor);
  const logger = createLogger({ level: given.logLevel, destination: log });
  const opened = await openConfiguration(given, io.environment, logger);
  if ('refused' in opened) {
    io.err(opened.refused.map((line) => `${line}\n`).join(''));
    await log.close();
    return opened.exitCode;
  }
  const { source } = opened;
  try {
    const { current, ready } = source;
    const dependencies = { configuration: current, ready, logger, droppedLines: log.dropped };
    const running = await startWebhook(webhookOptions(given), dependencies);
    logger.info({ url: running.url, metricsUrl: running.metricsUrl, ...source.from }, 'serving');
    // Whoever started the process waits for this line.
    log.flush();
    const signal = await stopped;
    logger.info({ signal }, 'stopping');
    await running.drain();
    logger.info({}, 'stopped');
    return EXIT.ok;
  } catch (error) {
    io.err(`tracehook webhook: cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  } finally {
    await source.close();
    await log.close();
  }
}

function webhookOptions(given: Options<typeof options>) {
  return {
    host: given.host,
    port: given.port,
    metricsHost: given.metricsHost,
    metricsPort: given.metricsPort,
    certFile: given.tlsCert,
    keyFile: given.tlsKey,
    ...(given.clientCa === undefined ? {} : { clientCaFile: given.clientCa }),
    certificatePollMs: given.certificatePoll,
    requestTimeoutMs: given.requestTimeout,
    drainDelayMs: given.drainDelay,
    drainTimeoutMs: given.drainTimeout,
  };
}
