import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { messageRecorded } from './events.ts';
import { foundTimely } from '../clocks/first-response.ts';
import { unknownCodes, wrongChannel } from '../policy-codes.ts';

export interface RecordMessage {
  readonly message: string;
  readonly direction: 'in' | 'out';
  readonly channel: string;
  readonly text: Personal;
  /** When it was said. */
  readonly effectiveAt: string;
}

/** Mission §3: the conversation. Each message is a new fact, also after the end; one that goes out is a response. */
export const recordMessage = (command: RecordMessage, complaint: Complaint, policy: Policy) => {
  const wrong = unknownCodes(...wrongChannel(command.channel, policy));
  if (wrong) return wrong;
  const { effectiveAt, ...message } = command;
  if (complaint.messages.some(({ id }) => id === message.message)) return nothing;
  return recorded(
    messageRecorded(message),
    ...(message.direction === 'out' ? foundTimely(complaint, effectiveAt) : []),
  );
};
