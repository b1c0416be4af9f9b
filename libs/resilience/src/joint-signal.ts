import { setMaxListeners } from 'node:events';

/**
 * A signal that comes when one of these does, until it is released. Not AbortSignal.any: on Node.js 20 and 22 each use of
 * that leaves something in a signal that lives on, such as a program's.
 */
export const jointSignal = (
  ...signals: readonly AbortSignal[]
): { readonly signal: AbortSignal; readonly release: () => void } => {
  const joint = new AbortController();
  setMaxListeners(0, ...signals); // as many wait for a program's end as there are, and that is no leak
  const listeners = signals.map((signal) => ({ signal, end: (): void => joint.abort(signal.reason) }));
  for (const { signal, end } of listeners) {
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  }
  return {
    signal: joint.signal,
    release: () => listeners.forEach(({ signal, end }) => signal.removeEventListener('abort', end)),
  };
};
