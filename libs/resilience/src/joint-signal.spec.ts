import { getEventListeners } from 'node:events';
import { jointSignal } from './joint-signal.ts';

describe('a joint signal', () => {
  it('comes with the first one that comes, for its reason', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const { signal } = jointSignal(one.signal, other.signal);
    expect(signal.aborted).toBe(false);
    other.abort('because');
    one.abort('too late');
    expect([signal.aborted, signal.reason]).toEqual([true, 'because']);
  });

  it('has come when one of them had', () => {
    expect(jointSignal(new AbortController().signal, AbortSignal.abort('before')).signal.reason).toBe('before');
  });

  it('is no leak, however many there are', () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation();
    const { signal: lasting } = new AbortController();
    const all = Array.from({ length: 20 }, () => jointSignal(lasting));
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
    all.forEach(({ release }) => release());
  });

  it('leaves nothing behind in what it was made of', () => {
    const { signal: lasting } = new AbortController();
    for (let round = 0; round < 3; round++) jointSignal(lasting, new AbortController().signal).release();
    expect(getEventListeners(lasting, 'abort')).toEqual([]);
  });
});
