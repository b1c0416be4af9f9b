import type { SpawnOptions } from 'node:child_process';

export declare const restarting: (how: {
  readonly compiler: readonly string[];
  readonly program: readonly string[];
  readonly options?: SpawnOptions;
  readonly report: (line: string) => void;
}) => { readonly ended: Promise<unknown>; stop(): Promise<void> };
