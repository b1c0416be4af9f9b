import type { CausesState } from './causes/state.ts';
import type { ClocksState } from './clocks/state.ts';
import type { ConversationState } from './conversation/state.ts';
import type { EndingState } from './ending/state.ts';
import type { IntakeState } from './intake/state.ts';
import type { IssuesState } from './issues/state.ts';
import type { PromisesState } from './promises/state.ts';
import type { RectificationState } from './rectification/state.ts';
import type { RemedyState } from './remedy/state.ts';

/**
 * Everything that is so about one complaint (docs/domain.md §3: facts, not one status), a slice for each chapter. Folded
 * from its stream, nothing else.
 */
export interface Complaint
  extends
    IntakeState,
    ConversationState,
    PromisesState,
    IssuesState,
    CausesState,
    RemedyState,
    ClocksState,
    EndingState,
    RectificationState {
  readonly id: string;
}
