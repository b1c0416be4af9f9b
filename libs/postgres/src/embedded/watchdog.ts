import { spawn } from 'node:child_process';

/**
 * Waits for its standard input to close, which happens however our process ends, kill -9 included. Then it asks the
 * postmaster to stop, if that is still the one that runs on the directory. A few hundred kilobytes of /bin/sh.
 */
const SCRIPT = `
while read -r _; do :; done
[ "$(head -n 1 "$2/postmaster.pid" 2>/dev/null)" = "$1" ] && kill -INT "$1"
`;

/** Answers how to call the watchdog off, once the postmaster has stopped. */
export const watchOver = (pid: number, cluster: string): (() => void) => {
  // Windows has neither sh nor SIGINT for others: there the exit handler and adoption at the next start must do.
  if (process.platform === 'win32') return () => undefined;
  // Its own session: Ctrl-C in the terminal is ours to handle, requests in flight still need the database.
  const dog = spawn('/bin/sh', ['-c', SCRIPT, 'redress-watchdog', String(pid), cluster], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  dog.on('error', () => undefined);
  dog.stdin.on('error', () => undefined);
  dog.unref();
  (dog.stdin as unknown as { unref(): void }).unref();
  return () => void dog.stdin.end();
};
