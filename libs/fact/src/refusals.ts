/** What the rules of more than one noun refuse: codes and their meanings. Each noun adds its own. */
export const GENERAL_REFUSALS = {
  'already-closed': 'The complaint is closed or withdrawn.',
  'needs-manager': 'Only a manager or a director can do this.',
  'role-not-allowed': 'This role cannot do this.',
  'unknown-code': 'A code that the policy does not know.',
  'invalid-body': 'The body is not what this door takes; `errors` names each place.',
  'not-found': 'There is no such thing.',
} as const;
