/**
 * How often the way to the server broke: the connection was lost or made anew, another node leads, or the ledger names
 * another epoch. Whoever answers since may lack what was acknowledged before.
 */
export class Interruptions {
  private noted = 0;

  get count(): number {
    return this.noted;
  }

  note(): void {
    this.noted++;
  }
}
