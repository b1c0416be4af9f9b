import type { RefusalsOf } from '#fact/decision';
import { personalText } from '#fact/personal';
import { defaultPolicy } from '#policy/default-policy';
import { closed, doing, given, policy, received } from '../complaint.stories.ts';
import { apologise, type Apologise } from './apologise.ts';
import { apologyGiven, customerThanked, ruleOverridden } from './events.ts';

const words = personalText('We are sorry.');
const spoken: Apologise = { level: 'handler', form: 'spoken', words };
const thanked = customerThanked({ why: personalText('Now we know.') });
const spokenApology = apologyGiven({ level: 'handler', form: 'spoken', words });

describe('apologising', () => {
  it('comes after the thanks', () =>
    given(received)
      .when((complaint) => apologise(spoken, complaint, defaultPolicy))
      .thenRefused('apology-before-thanks'));

  it('records who apologised, and how', () =>
    given(received, thanked)
      .when((complaint) => apologise(spoken, complaint, defaultPolicy))
      .then(spokenApology));

  it('says nothing the second time', () =>
    given(received, thanked, spokenApology)
      .when((complaint) => apologise(spoken, complaint, defaultPolicy))
      .thenNothing());

  it('may come first when a person says why, and that is a fact of its own', () => {
    const reason = personalText('The customer hung up before we could.');
    given(received)
      .when((complaint) => apologise({ ...spoken, override: { reason } }, complaint, defaultPolicy))
      .then(ruleOverridden({ rule: 'apology-before-thanks', reason }), spokenApology);
  });

  it('refuses with these codes: the compiler knows each, and no other', () => {
    const codes = {
      'already-closed': given(received, closed),
      'apology-before-thanks': given(received),
      'override-needs-reason': given(received),
    } satisfies Record<RefusalsOf<typeof apologise>, unknown>;
    const strict = { ...policy, conduct: { overridable: [] } };
    for (const [code, story] of Object.entries(codes)) {
      const override = code === 'override-needs-reason' && { override: { reason: words } };
      story.when(doing(apologise, { ...spoken, ...override }, strict)).thenRefused(code);
    }
  });
});
