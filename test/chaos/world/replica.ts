import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cuttableProxy, throughProxy, type CuttableProxy } from '../../support/cuttable-proxy.ts';
import { freePort } from '#postgres/embedded/postmaster';
import type { Programs, RunningProgram } from '../../support/program.ts';

export type ProgramName = 'api' | 'projector' | 'publisher' | 'process-manager';

/** How often a program is started before that counts as a failure. */
const STARTS = 5;

/** One process of a program, with wires of its own to the stores, always at the same port. */
export class Replica {
  private running: RunningProgram | undefined;
  private readonly past: RunningProgram[] = [];
  /** How it ended when nobody had asked it to. */
  readonly crashes: string[] = [];

  private constructor(
    readonly program: ProgramName,
    readonly name: string,
    readonly port: number,
    /** By the setting whose url goes through it. */
    readonly wires: Readonly<Record<string, CuttableProxy>>,
    private readonly programs: Programs,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** `wired`: the settings that are urls of stores. */
  static async of(
    program: ProgramName,
    number: number,
    programs: Programs,
    settings: Readonly<Record<string, string>>,
    wired: readonly string[],
  ): Promise<Replica> {
    const port = await freePort();
    const wires: Record<string, CuttableProxy> = {};
    const own: Record<string, string> = { ...settings, PORT: String(port) };
    for (const name of wired) {
      const url = settings[name]!;
      wires[name] = await cuttableProxy(url.replace(/^\w+:/, 'http:'));
      own[name] = throughProxy(url, wires[name]);
    }
    return new Replica(program, `${program}-${number}`, port, wires, programs, own);
  }

  get at(): string {
    return `127.0.0.1:${this.port}`;
  }

  /**
   * Returns when it listens. A start that finds a store away ends with a sentence; whoever runs programs starts them
   * again, as a container's restart policy does.
   */
  async start(): Promise<void> {
    if (this.running) return;
    for (let attempt = 1; ; attempt++) {
      const started = this.programs.start(`${this.program}/src/main.js`, this.settings);
      this.running = started;
      this.past.push(started);
      const trouble = await started.url().then(
        () => undefined,
        (error: Error) => error,
      );
      if (!trouble) {
        void started.ended.then(({ code, signal }) => {
          if (this.running === started) this.crashes.push(`${this.name}: ${signal ?? `exit ${code}`}`);
        });
        return;
      }
      await this.kill();
      if (attempt === STARTS) throw trouble;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  /** kill -9, and waits until it is gone. */
  async kill(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    running?.process.kill('SIGKILL');
    await running?.ended;
  }

  /** SIGTERM; answers how it ended. */
  async stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const running = this.running!;
    this.running = undefined;
    return running.stop();
  }

  suspend(): void {
    this.running?.process.kill('SIGSTOP');
  }

  resume(): void {
    this.running?.process.kill('SIGCONT');
  }

  /** Undefined: it does not answer. */
  async health(): Promise<{ status: number; failing: string[] } | undefined> {
    try {
      const answer = await fetch(`http://${this.at}/health/ready`, { signal: AbortSignal.timeout(5_000) });
      const { checks = [] } = (await answer.json()) as { checks?: { name: string; ok: boolean; detail?: string }[] };
      return {
        status: answer.status,
        failing: checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail ?? ''}`),
      };
    } catch {
      return undefined;
    }
  }

  /** The follower's lags that it tells in its metrics, by subscription; undefined: it does not answer. */
  async lags(): Promise<Record<string, number> | undefined> {
    try {
      const answer = await fetch(`http://${this.at}/metrics`, { signal: AbortSignal.timeout(5_000) });
      const text = await answer.text();
      return Object.fromEntries(
        [...text.matchAll(/^redress_follower_lag_facts\{subscription="([^"]+)"\} (\d+)$/gm)].map(([, name, lag]) => [
          name!,
          Number(lag),
        ]),
      );
    } catch {
      return undefined;
    }
  }

  /** What its processes said, all its lives. */
  async keepLogs(directory: string): Promise<void> {
    const said = this.past
      .map((program) => `${program.stdout()}\n--- stderr\n${program.stderr()}`)
      .join('\n=== restart\n');
    await writeFile(join(directory, `${this.name}.log`), said);
  }

  said(): { log: string; errors: string } {
    return {
      log: this.past.map((program) => program.stdout()).join('\n'),
      errors: this.past.map((program) => program.stderr()).join('\n'),
    };
  }

  async close(): Promise<void> {
    this.resume();
    await this.kill();
    for (const wire of Object.values(this.wires)) await wire.close();
  }
}
