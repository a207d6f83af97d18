import { createHook } from 'node:async_hooks';
import { onTestFinished } from 'vitest';

/** Kinds of asynchronous resources that Node makes for files, names, processes and outgoing calls. */
const IO =
  /^(FSREQ|FILEHANDLE|GETADDRINFO|GETNAMEINFO|QUERYWRAP|DNSCHANNEL|PROCESSWRAP|TCPCONNECTWRAP|PIPECONNECTWRAP|UDP)/;

/** The kinds of IO that this process begins from now on, one by one, until the test is over. */
export function countIo(): readonly string[] {
  const seen: string[] = [];
  const hook = createHook({
    init(_id, type) {
      if (IO.test(type)) seen.push(type);
    },
  }).enable();
  onTestFinished(() => void hook.disable());
  return seen;
}
