import type { DynamicModule, Provider, Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { EventStore } from '#ledger/stream/port';
import type { Vault } from '#privacy/vault';
import type { Settings } from '#settings/settings';
import type { FollowerWatch } from '#program/metrics';
import type { HealthCheck } from '#program/health';

/** What the door needs from outside. A program brings real parts, a spec in-memory ones. */
export interface ApiDependencies {
  readonly settings: Pick<Settings, 'organisation' | 'openAccess' | 'allowedHosts' | 'publicUrl'>;
  readonly store: EventStore;
  readonly vault: Pick<Vault, 'open'>;
  readonly log: Logger;
  /** The desk's module, and whatever else the controllers need. */
  readonly imports?: readonly (Type | DynamicModule | Promise<DynamicModule>)[];
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  /** Beside the ledger's, which is always asked. */
  readonly healthChecks?: readonly HealthCheck[];
  /** For metrics and health; they may run in other processes. */
  readonly followers?: readonly FollowerWatch[];
  /** Absent: one with the process's own metrics. */
  readonly registry?: Registry;
}

/** The token under which Nest hands them out. */
export const API_DEPENDENCIES = Symbol('dependencies of the API');

/** Aborted when the service begins to stop: streams end then. */
export const STOPPING = Symbol('the service is stopping');
export const REGISTRY = Symbol('the metrics');
export const OPENAPI = Symbol('the OpenAPI document');
