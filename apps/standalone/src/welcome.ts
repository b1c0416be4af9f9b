import type { Settings } from '#settings/settings';

/** What runs where, and what to try next, for the person at the terminal. */
export const welcome = ({
  url,
  ledger,
  database,
  settings,
  seconds,
}: {
  readonly url: string;
  readonly ledger: string;
  readonly database: string;
  readonly settings: Settings;
  readonly seconds: number;
}): string => {
  const port = new URL(url).port;
  const env = port === '3000' ? '' : `PORT=${port} `;
  return `
Redress is ready (${seconds.toFixed(1)} s).

  API        ${url}         the page: ${url}/docs
  Database   ${database}
  Ledger     ${ledger}
  Kafka      ${settings.kafkaBrokers.length > 0 ? settings.kafkaBrokers.join(', ') : 'none (set KAFKA_BROKERS); the feed serves at /v1/events'}

Try, in another terminal:

  curl -s ${url}/v1/complaints -H 'Content-Type: application/json' \\
    -d '{"channel":"phone","words":"The courier came a day late and nobody called."}'

  ${env}npm run demo                          a complaint's whole life
  curl -s ${url}/v1/follow-up-calls     whom to call

Ctrl-C stops it; the data stays.

`;
};
