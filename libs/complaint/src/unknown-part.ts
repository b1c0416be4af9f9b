import { refused } from '#fact/decision';

/** The refusal of a command that names a part which the complaint does not have. */
export const unknownPart = (
  what: 'issue' | 'request' | 'promise' | 'cause' | 'compensation' | 'fact',
  pointer?: string,
) => {
  const detail = `The complaint has no such ${what}.`;
  return refused(
    'unknown-issue',
    detail,
    pointer === undefined ? undefined : { errors: [{ pointer, code: 'unknown-issue', detail }] },
  );
};
