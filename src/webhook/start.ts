import { createHealthServer, createNotices, formatHost, guardConnections, listen } from '../serving/index.ts';
import { loadCertificate, secureContextOf, type ServingCertificate } from './certificate.ts';
import { watchCertificate } from './certificate-watch.ts';
import { drainServers } from './drain.ts';
import { createMetrics } from './metrics.ts';
import type { RunningWebhook, WebhookDependencies, WebhookOptions } from './options.ts';
import { shedOverload } from './overload.ts';
import { serveReviews } from './server.ts';
import { createTlsServer } from './tls-server.ts';

/**
 * Connections to the TLS port. 500 calls at a time, each on a connection of its own, and the 25 idle ones of several API
 * servers have room. One that was used takes 90 KiB, so that all take 72 MiB beside the 76 MiB of the process at rest: what
 * is left of 256 MiB is for bodies (see intake.ts) and for what is garbage already.
 */
const MOST_CONNECTIONS = 800;

/**
 * Serves reviews over TLS, and health and metrics in plain HTTP. Resolves once both ports accept connections.
 *
 * Rejects with an Error that names the file if certificate, key or the callers' CA cannot be used, and with Node's own if a
 * port cannot be bound; nothing is left open then.
 */
export async function startWebhook(
  options: WebhookOptions,
  dependencies: WebhookDependencies,
): Promise<RunningWebhook> {
  const { now = Date.now } = dependencies;
  const loaded = await loadCertificate(options, now());
  if ('failure' in loaded) throw new Error(loaded.failure);
  const { server, connections, health, drain, release } = assemble(
    options,
    { ...dependencies, now },
    loaded.certificate,
  );
  try {
    const port = await listen(server, options.port, options.host);
    const metricsPort = await listen(health, options.metricsPort, options.metricsHost);
    const url = `https://${formatHost(options.host)}:${port}`;
    return { url, port, metricsUrl: `http://${formatHost(options.metricsHost)}:${metricsPort}`, metricsPort, drain };
  } catch (error) {
    server.close();
    connections.destroyAll();
    release();
    throw error;
  }
}

type Dependencies = WebhookDependencies & Required<Pick<WebhookDependencies, 'now'>>;

/** Everything that runs, wired, before a port is bound. */
function assemble(options: WebhookOptions, dependencies: Dependencies, initial: ServingCertificate) {
  const { configuration, logger, ready, droppedLines, now } = dependencies;
  const metrics = createMetrics(droppedLines);
  metrics.setCertificateExpiry(initial.notAfter);
  let drained: Promise<void> | undefined;
  const draining = () => drained !== undefined;

  const server = createTlsServer(initial, logger);
  const notices = createNotices(logger);
  const connections = guardConnections(server, {
    most: MOST_CONNECTIONS,
    tls: true,
    countClosed(cause) {
      metrics.countClosed(cause);
      notices.note(`a connection was closed: ${cause}`);
    },
  });
  const { requestTimeoutMs } = options;
  const overload = shedOverload({
    server,
    requestTimeoutMs,
    countShed(cause) {
      metrics.countShed(cause);
      notices.note(`a call was given up, since its answer would have come too late: ${cause}`);
    },
  });
  serveReviews({
    server,
    connections,
    configuration,
    draining,
    requestTimeoutMs,
    overload,
    countRefusal(code) {
      metrics.countRefusal(code);
      notices.note(`a request was refused with ${code}`);
    },
    metrics,
    logger,
  });
  const apply = (renewed: ServingCertificate): void => {
    server.setSecureContext(secureContextOf(renewed));
    metrics.setCertificateExpiry(renewed.notAfter);
  };
  const certificate = watchCertificate({
    files: options,
    pollMs: options.certificatePollMs,
    initial,
    apply,
    logger,
    now,
  });
  const notReady = () =>
    [draining() ? 'shutting down' : undefined, certificate.problem(), ready?.()].filter(
      (reason) => reason !== undefined,
    );
  const health = createHealthServer({ notReady, metrics, logger });

  /** Ends what is neither a port nor a connection. */
  function release(): void {
    certificate.stop();
    connections.stop();
    overload.stop();
    notices.stop();
  }
  function drain(): Promise<void> {
    drained ??= drainServers({ server, connections, health }, options).then(release);
    return drained;
  }
  return { server, connections, health, drain, release };
}
