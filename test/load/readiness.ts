import { get } from 'node:http';

export interface ReadinessOptions {
  /** The server's plain HTTP port, as a URL. */
  readonly metricsUrl: string;
  /** How often it is asked. */
  readonly pollMs: number;
  /** How long it takes until all nodes know. */
  readonly propagationMs: number;
  readonly onChange: (ready: boolean) => void;
}

export interface Readiness {
  /** Resolves when the nodes know that it is ready. */
  readonly ready: Promise<void>;
  readonly stop: () => void;
}

/** Follows `/readyz` as a kubelet does, and tells the nodes a little later, as endpoints reach them. */
export function followReadiness({ metricsUrl, pollMs, propagationMs, onChange }: ReadinessOptions): Readiness {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  let last = false;
  let settle: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (settle = resolve));

  function after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  }
  async function look(): Promise<void> {
    const isReady = await asks(`${metricsUrl}/readyz`);
    if (stopped) return;
    if (isReady !== last) after(propagationMs, () => tell(isReady));
    last = isReady;
    after(pollMs, () => void look());
  }
  function tell(isReady: boolean): void {
    onChange(isReady);
    if (isReady) settle();
  }

  void look();
  return {
    ready,
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Longer than a probe of the kubelet waits: it does not give up on one slow answer, and here the machine may be busy. */
const ANSWER_MS = 10_000;

/** Whether a page answers with 200. */
function asks(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false, timeout: ANSWER_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.on('timeout', () => void asked.destroy());
  });
}
