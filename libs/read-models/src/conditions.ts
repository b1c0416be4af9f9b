/** Collects the conditions of a question with their values, so that none is ever written into SQL. */
export class Conditions {
  private readonly parts: string[] = [];
  readonly values: unknown[] = [];

  /** `$?` stands for the value; an undefined value is no condition. */
  where(condition: string, value: unknown): this {
    if (value === undefined) return this;
    this.parts.push(condition.replaceAll('$?', this.value(value)));
    return this;
  }

  /** A condition over several values, each `$?` the next of them. */
  whereAll(condition: string, values: readonly unknown[] | undefined): this {
    if (values === undefined) return this;
    let at = 0;
    this.parts.push(condition.replaceAll('$?', () => this.value(values[at++])));
    return this;
  }

  /** The placeholder of one more value. */
  value(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  toString(): string {
    return this.parts.length === 0 ? 'true' : this.parts.map((part) => `(${part})`).join(' and ');
  }
}
