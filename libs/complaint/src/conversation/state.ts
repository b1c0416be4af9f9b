import type { Role } from '#fact/fact';
import { List } from '#fact/list';
import type { Personal } from '#fact/personal';
import type { ApologyForm } from '#policy/vocabulary';
import { added, changed, type ChapterFold } from '../fold.ts';
import { markOf, type Mark } from '../mark.ts';

export interface Apology extends Mark {
  readonly level: Role;
  readonly form: ApologyForm;
  readonly words: Personal;
}

export interface InformationRequest extends Mark {
  readonly id: string;
  readonly ask: Personal;
  readonly topic?: string;
  readonly time: number;
  readonly given: Mark | null;
}

export interface Message extends Mark {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly channel: string;
  readonly text: Personal;
}

/** For staff. */
export interface InternalNote extends Mark {
  readonly id: string;
  readonly text: Personal;
}

/** What was said. `thanked` and `responsibility` show the newest. */
export interface ConversationState {
  readonly thanked: (Mark & { readonly why: Personal }) | null;
  readonly apologies: List<Apology>;
  readonly responsibility: (Mark & { readonly words: Personal }) | null;
  readonly requests: List<InformationRequest>;
  readonly information: List<Mark & { readonly request?: string; readonly text: Personal }>;
  readonly messages: List<Message>;
  readonly notes: List<InternalNote>;
  readonly overrides: List<Mark & { readonly rule: string; readonly reason: Personal }>;
}

/** The parts that have an id of their own: their path below the complaint, and where they lie. */
export const conversationParts = {
  'information-request': { path: 'information-requests', all: ({ requests }: ConversationState) => requests },
  message: { path: 'messages', all: ({ messages }: ConversationState) => messages },
  note: { path: 'notes', all: ({ notes }: ConversationState) => notes },
} as const;

export const conversationAtFirst: ConversationState = {
  thanked: null,
  apologies: List.empty,
  responsibility: null,
  requests: List.empty,
  information: List.empty,
  messages: List.empty,
  notes: List.empty,
  overrides: List.empty,
};

export const conversationFold: ChapterFold<'conversation', ConversationState> = {
  CustomerThanked: (_, fact) => ({ thanked: { why: fact.data.why, ...markOf(fact) } }),
  ApologyGiven: ({ apologies }, fact) => ({ apologies: added(apologies, { ...fact.data, ...markOf(fact) }) }),
  ResponsibilityAccepted: (_, fact) => ({ responsibility: { words: fact.data.words, ...markOf(fact) } }),
  InformationRequested: ({ requests }, fact) => {
    const { request: id, ...asked } = fact.data;
    return { requests: added(requests, { id, ...asked, given: null, ...markOf(fact) }) };
  },
  InformationGiven: ({ information, requests }, fact) => {
    const given = markOf(fact);
    return {
      information: added(information, { ...fact.data, ...given }),
      requests: changed(requests, fact.data.request, (request) => (request.given ? request : { ...request, given })),
    };
  },
  MessageRecorded: ({ messages }, fact) => {
    const { message: id, ...said } = fact.data;
    return { messages: added(messages, { id, ...said, ...markOf(fact) }) };
  },
  NoteRecorded: ({ notes }, fact) => {
    const { note: id, text } = fact.data;
    return { notes: added(notes, { id, text, ...markOf(fact) }) };
  },
  RuleOverridden: ({ overrides }, fact) => ({ overrides: added(overrides, { ...fact.data, ...markOf(fact) }) }),
};
