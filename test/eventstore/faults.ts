import type { Rpc } from './calls.ts';
import type { Refusal } from './refusals.ts';

/** What a call may meet. */
export type Fault =
  /** Done at once, answered so much later. A read or a subscription begins so much later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Never answered, the connection stays. `stored`: what was to be written is written all the same. */
  | { readonly kind: 'silent'; readonly stored?: boolean; readonly afterEvents?: number }
  /** The connection dies instead of an answer. `stored`: after the commit. */
  | { readonly kind: 'cut'; readonly stored?: boolean; readonly afterEvents?: number }
  /** A refusal: `notReady`, `tooBusy`, `notLeader(host, port)`, `refused(status, details)` of refusals.ts. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly afterEvents?: number }
  /** A read or a subscription ends without an error before it is at its end. */
  | { readonly kind: 'ended'; readonly afterEvents?: number };

export interface Armed {
  readonly hits: number;
  lift(): void;
}

export interface Aim {
  /** How many calls meet it. Default 1; `Infinity` until it is lifted. */
  readonly times?: number;
  /** Only calls for these streams. Reads and subscriptions of everything have the name `$all`. */
  readonly stream?: (name: string) => boolean;
}

/** A subscription that stands, in the hands of a spec. */
export interface OpenSubscription {
  readonly stream: string;
  readonly filtered: boolean;
  /** It ends with an error now; what it had ready for its consumer comes before that. */
  drop(refusal: Refusal): void;
  /** It ends without an error. */
  end(): void;
  /** So many checkpoints at once, all of where it is. */
  checkpoints(count: number): void;
}

/**
 * Misbehaviour on demand. `arm` says what the next calls of a kind will meet; the rest happens at once, to what is open:
 *
 *   faults.arm('append', { kind: 'cut', stored: true });            // stored, and the answer is lost
 *   faults.arm('append', { kind: 'silent', stored: true });         // stored, and nobody ever answers
 *   faults.arm(['append', 'readStream'], { kind: 'refused', refusal: notReady }, { times: 5 });
 *   faults.arm('subscribeToAll', { kind: 'cut', afterEvents: 10 }); // in mid-subscription
 *   faults.subscriptions.forEach((one) => one.drop(tooSlow('live')));
 *   faults.cutConnections();
 */
export class Faults {
  private readonly armed: { rpcs: readonly Rpc[]; fault: Fault; aim: Aim; left: number; hits: number }[] = [];
  readonly open = new Set<OpenSubscription>();

  constructor(readonly cutConnections: () => void) {}

  arm(rpcs: Rpc | readonly Rpc[], fault: Fault, aim: Aim = {}): Armed {
    const one = { rpcs: [rpcs].flat(), fault, aim, left: aim.times ?? 1, hits: 0 };
    this.armed.push(one);
    return {
      get hits() {
        return one.hits;
      },
      lift: () => void (one.left = 0),
    };
  }

  /** Everything that is armed is forgotten. */
  liftAll(): void {
    this.armed.length = 0;
  }

  get subscriptions(): readonly OpenSubscription[] {
    return [...this.open];
  }

  /** What this call is to meet, if anything. It counts as met. */
  meet(rpc: Rpc, stream: string): Fault | undefined {
    const one = this.armed.find(
      ({ rpcs, left, aim }) => left > 0 && rpcs.includes(rpc) && (aim.stream?.(stream) ?? true),
    );
    if (!one) return undefined;
    one.left--;
    one.hits++;
    return one.fault;
  }
}
