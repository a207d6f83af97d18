import { KubeError } from './kube-error.ts';

/** When a call must end: its own time, its caller's signal, or the end of the transport, whichever is first. */
export interface Deadline {
  /** Aborted with a `KubeError`, Timeout or Aborted, as its reason. */
  readonly signal: AbortSignal;
  /** Begins the time anew, from now on with this length. */
  restart(ms: number): void;
  /** To be called at the end, whatever it was. */
  end(): void;
}

/** @param name method and path, for the message. */
export function startDeadline(name: string, ms: number, signals: readonly (AbortSignal | undefined)[]): Deadline {
  const controller = new AbortController();
  let timer = setTimeout(onTimeout, ms);
  let timerMs = ms;

  function onTimeout(): void {
    controller.abort(new KubeError('Timeout', `${name}: no answer in time`, { reason: 'Timeout' }));
  }
  function onAbort(): void {
    controller.abort(new KubeError('Aborted', `${name}: given up`));
  }
  for (const signal of signals) {
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  }
  return {
    signal: controller.signal,
    restart(length) {
      // Each piece of a watch does this.
      if (length === timerMs) return void timer.refresh();
      clearTimeout(timer);
      timer = setTimeout(onTimeout, length);
      timerMs = length;
    },
    end() {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** `work`, unless the signal is aborted before it is done. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
