/** Tells a test, a line at a time, which share of new traces is kept. */
import dns from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';

const TRACES = 1000;

/** What the webhook wrote. */
export function environment(name) {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

export async function reportForever(isSampled) {
  for (;;) {
    const line = ['work', 'health'].map((operation) => {
      let kept = 0;
      for (let count = 0; count < TRACES; count += 1) if (isSampled(operation)) kept += 1;
      return `${operation}=${kept}`;
    });
    process.stdout.write(`${line.join(' ')}\n`);
    await sleep(100);
  }
}

/** Names of the cluster lead to this machine, as DNS lets them lead to the sampling server there. */
const { lookup } = dns;
dns.lookup = (_name, ...rest) => lookup('127.0.0.1', ...rest);
