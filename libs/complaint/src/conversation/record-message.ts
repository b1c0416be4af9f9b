import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Policy } from '#policy/policy';
import { foundTimely } from '../clocks/found-timely.ts';
import type { Complaint } from '../complaint.ts';
import { unknownCodes, wrongChannel } from '../policy-codes.ts';
import { partOf } from '../sub-resources.ts';
import { messageRecorded } from './events.ts';

export interface RecordMessage {
  readonly message: string;
  readonly direction: 'in' | 'out';
  readonly channel: string;
  readonly text: Personal;
  /** When it was said. */
  readonly effectiveAt: string;
}

/** docs/domain.md §3: the conversation. Each message is a new fact, also after the end; one that goes out is a response. */
export const recordMessage = step({
  step: 'messages',
  can: (_complaint: Complaint) => undefined,
  decide: ({ effectiveAt, ...message }: RecordMessage, complaint, policy: Policy) => {
    const wrong = unknownCodes(...wrongChannel(message.channel, policy));
    if (wrong) return wrong;
    if (partOf(complaint, 'message', message.message)) return nothing;
    const said = messageRecorded(message);
    return recorded(said, ...foundTimely(complaint, said, effectiveAt));
  },
});
