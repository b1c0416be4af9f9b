import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * kafkajs 2.2.4 checks its queue of waiting requests by a timer that sets itself anew for ever, about every millisecond
 * and for each connection, also when nothing waits: some 800 timers a second for an idle publisher, and a negative-delay
 * warning each on newer Node. Here it is set only while there is something to wait for.
 */
const scheduleCheck = RequestQueue.prototype.scheduleCheckPendingRequests;

RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
  scheduleCheck.call(this);
};
