import type { Metadata } from '@grpc/grpc-js';
import { accessDenied, wrongCredentials, type Refusal } from './refusals.ts';

export interface User {
  readonly password: string;
  /** May do everything. Others may read and write what does not begin with `$`, and not read `$all`. */
  readonly admin?: boolean;
  /** Streams that only admins may touch, besides the system's own. */
  readonly deniedPrefixes?: readonly string[];
}

export type Users = Readonly<Record<string, User>>;

/** A server without users (`--insecure`) does not even look at credentials. Over TLS nobody is let in without any. */
export const refusalOf = (users: Users | undefined, metadata: Metadata, stream: string): Refusal | undefined => {
  if (!users) return undefined;
  const header = metadata.get('authorization')[0]?.toString();
  if (header === undefined) return accessDenied;
  const [, name = '', password] = /^([^:]*):(.*)$/s.exec(Buffer.from(header.slice(6), 'base64').toString()) ?? [];
  const user = Object.hasOwn(users, name) ? users[name] : undefined;
  if (!user || user.password !== password) return wrongCredentials;
  if (user.admin) return undefined;
  const denied = ['$', ...(user.deniedPrefixes ?? [])].some((prefix) => stream.startsWith(prefix));
  return denied ? accessDenied : undefined;
};
