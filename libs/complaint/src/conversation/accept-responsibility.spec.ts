import { acceptResponsibility } from './accept-responsibility.ts';
import { doing, given, received, reopened, resolved, responsible, words } from '../complaint.stories.ts';

describe('responsibility in the name of the company', () => {
  it.each(['manager', 'director'] as const)('is accepted by a %s', (level) =>
    given(received).when(doing(acceptResponsibility, { level, words })).then(responsible),
  );

  it.each(['handler', 'lead', 'customer', 'administrator', 'system'] as const)('is not accepted by a %s', (level) =>
    given(received).when(doing(acceptResponsibility, { level, words })).thenRefused('needs-manager'),
  );

  it('is accepted once in a conduct', () => {
    given(received, responsible)
      .when(doing(acceptResponsibility, { level: 'director', words }))
      .thenNothing();
    given(received, responsible, resolved, reopened)
      .when(doing(acceptResponsibility, { level: 'manager', words }))
      .then(responsible);
  });
});
