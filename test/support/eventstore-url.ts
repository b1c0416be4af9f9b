/**
 * The real EventStoreDB that the tests shall use, when EVENTSTORE_URL names one. Of a plain one without the user and
 * password, which the client would not send, and the service rightly refuses.
 */
export const realEventStoreUrl = (): string | undefined => {
  const url = process.env['EVENTSTORE_URL'];
  if (!url) return undefined;
  return /[?&]tls=false\b/i.test(url) ? url.replace(/\/\/[^@/?#]*@/, '//') : url;
};
