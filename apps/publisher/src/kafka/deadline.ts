/** The broker did not answer in time. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  readonly code = 'no-answer-in-time';
}

/** How much longer a stop waits for an answer that is on its way. */
const GRACE_MS = 3_000;

export interface Deadline {
  readonly passed: Promise<never>;
  readonly cancel: () => void;
}

/** A deadline that comes nearer when the signal says that we are to stop. */
export const giveUpAfter = (ms: number, signal?: AbortSignal): Deadline => {
  let cancel: () => void = () => undefined;
  const passed = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(new DeadlinePassed('no answer in time'));
    let timer = setTimeout(giveUp, ms);
    const hurry = (): void => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, Math.min(ms, GRACE_MS));
    };
    if (signal?.aborted) hurry();
    signal?.addEventListener('abort', hurry, { once: true });
    cancel = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', hurry);
    };
  });
  passed.catch(() => undefined);
  return { passed, cancel };
};

/** The work's answer, or DeadlinePassed. The work itself goes on; its failure later is nobody's any more. */
export const within = async <T>(work: Promise<T>, deadline: Deadline): Promise<T> => {
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline.passed]);
  } finally {
    deadline.cancel();
  }
};
