import type { Environment, Settings } from '#settings/settings';

/** Where a command speaks, and how it learns that it shall end. */
export interface Out {
  /** One line for the person at the terminal. */
  readonly say: (line: string) => void;
  /** The same line again and again: how far it has come. Absent: nobody watches. */
  readonly progress?: (line: string) => void;
  /** SIGINT or SIGTERM: end in good order. */
  readonly signal: AbortSignal;
  /** For what no setting of the programs names. */
  readonly environment: Environment;
}

/** 0 done, 1 not done, 2 not understood. */
export type ExitCode = 0 | 1 | 2;

/** One thing that an operator can have done: `npm run operate -- <name> [options]`. */
export interface Command {
  readonly name: string;
  /** One line for `--help`. */
  readonly means: string;
  /** What `<name> --help` prints. */
  readonly usage: string;
  /** `args` without the command's name. Throws OperatorError for what it can say in a sentence. */
  run(args: readonly string[], settings: Settings, out: Out): Promise<ExitCode>;
}

/** Something stands in the way; the message is a sentence made for the operator, without secrets. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}

/** The command line is not one of the command's; its usage is shown, and the exit code is 2. */
export class NotUnderstood extends OperatorError {
  override readonly name = 'NotUnderstood';
}
