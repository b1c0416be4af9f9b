import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import './request-queue-patch.ts';

const made: RequestQueue[] = [];
afterEach(() => made.splice(0).forEach((queue) => queue.destroy()));

const queue = (): RequestQueue => {
  const fresh = new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1000,
    enforceRequestTimeout: false,
    clientId: 'spec',
    broker: 'spec:9092',
    logger: { debug: () => undefined },
  });
  made.push(fresh);
  return fresh;
};

describe('an idle connection of kafkajs', () => {
  it('sets no timer: kafkajs alone would set one about every millisecond, for ever', () => {
    const idle = queue();
    idle.checkPendingRequests();
    expect(idle.throttleCheckTimeoutId).toBeNull();
  });
});

describe('a connection that has to wait', () => {
  it('still sets one while requests wait', () => {
    const waiting = queue();
    waiting.pending.push({});
    waiting.scheduleCheckPendingRequests();
    expect(waiting.throttleCheckTimeoutId).not.toBeNull();
  });

  it('still sets one while the broker throttles', () => {
    const throttled = queue();
    throttled.maybeThrottle(60_000);
    throttled.scheduleCheckPendingRequests();
    expect(throttled.throttleCheckTimeoutId).not.toBeNull();
  });
});
