/**
 * Many ask, few statements: what is asked while a statement is under way gathers by itself and goes together in the next
 * one, without any artificial delay. An answer is never older than its question: who comes while one is under way waits
 * for the next.
 */
export class Batcher<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private underway = 0;
  private readonly concurrency: number;
  private readonly most: number;
  private readonly oneMayBeWrong: (error: unknown) => boolean;

  constructor(
    /** Answers all of them, each in its place. Rejects for all of them alike. */
    private readonly askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    limits: {
      /** Statements under way at once. Default 1. */
      readonly concurrency?: number;
      /** Questions in a statement. Default 32. */
      readonly most?: number;
      /** True: one of the questions may be at fault; they are put one by one then, so that its neighbours are answered. */
      readonly oneMayBeWrong?: (error: unknown) => boolean;
    } = {},
  ) {
    this.concurrency = limits.concurrency ?? 1;
    this.most = limits.most ?? 32;
    this.oneMayBeWrong = limits.oneMayBeWrong ?? (() => false);
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (this.underway < this.concurrency) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.underway++;
    while (this.waiting.length > 0) {
      // Whoever is about to ask in this turn of the event loop comes along: requests arrive in flocks.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = this.waiting.splice(0, this.most);
      if (batch.length > 0) await this.settle(batch); // else the other worker took them
    }
    this.underway--;
  }

  private async settle(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.askAll(batch.map(({ question }) => question));
      batch.forEach(({ resolve }, index) => resolve(answers[index]!));
    } catch (error) {
      if (batch.length > 1 && this.oneMayBeWrong(error)) for (const waiting of batch) await this.settle([waiting]);
      else for (const { reject } of batch) reject(error as Error);
    }
  }
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}
