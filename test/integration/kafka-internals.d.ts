/** The parts of kafkajs in which specs play a broker's refusals. */
declare module 'kafkajs/src/broker/index.js' {
  export default class Broker {
    produce(...args: unknown[]): Promise<unknown>;
    initProducerId(...args: unknown[]): Promise<unknown>;
  }
}
declare module 'kafkajs/src/protocol/error.js' {
  export const createErrorFromCode: (code: number) => Error;
}
