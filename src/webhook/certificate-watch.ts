import { type CertificateFiles, loadCertificate, sameTexts, type ServingCertificate } from './certificate.ts';
import type { Lines } from '../serving/index.ts';

export interface CertificateWatchOptions {
  readonly files: CertificateFiles;
  readonly pollMs: number;
  /** What is in force at the beginning. */
  readonly initial: ServingCertificate;
  /** Puts a new one in force, for connections to come. */
  readonly apply: (certificate: ServingCertificate) => void;
  readonly logger: Lines;
  readonly now: () => number;
}

export interface CertificateWatch {
  /** Why callers will refuse the certificate in force; `undefined` if they will not. */
  readonly problem: () => string | undefined;
  readonly stop: () => void;
}

/**
 * Keeps the serving certificate and the callers' CA as the files have them.
 *
 * Polls what the files contain: a Secret's mount is renewed by swapping a symbolic link two folders above, which no
 * notification of the file itself reports. What cannot be used (half written, key and certificate of different
 * generations) leaves the old pair in force, and is looked at again at every poll.
 */
export function watchCertificate({
  files,
  pollMs,
  initial,
  apply,
  logger,
  now,
}: CertificateWatchOptions): CertificateWatch {
  let current = initial;
  let lastFailure: string | undefined;
  let stopped = false;
  let timer = schedule();

  function schedule(): NodeJS.Timeout {
    // Not a reason to keep the process alive.
    return setTimeout(() => void poll(), pollMs).unref();
  }
  async function poll(): Promise<void> {
    const loaded = await loadCertificate(files, now());
    if (stopped) return;
    if ('failure' in loaded) reportOnce(loaded.failure);
    else replace(loaded.certificate);
    timer = schedule();
  }
  function reportOnce(failure: string): void {
    if (failure === lastFailure) return;
    lastFailure = failure;
    logger.warn({ failure }, 'new certificate cannot be used, the old one stays in force');
  }
  function replace(certificate: ServingCertificate): void {
    lastFailure = undefined;
    if (sameTexts(certificate, current)) return;
    apply(certificate);
    current = certificate;
    logger.info({ notAfter: new Date(certificate.notAfter).toISOString() }, 'certificate renewed');
  }

  return {
    problem() {
      return now() < current.notAfter
        ? undefined
        : `the serving certificate expired at ${new Date(current.notAfter).toISOString()}`;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
