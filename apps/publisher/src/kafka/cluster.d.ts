/** The part of kafkajs in which specs play a cluster of several brokers. */
declare module 'kafkajs/src/cluster/index.js' {
  export default class Cluster {
    connect(): Promise<void>;
  }
}
