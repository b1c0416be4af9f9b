import { personalText } from '#fact/personal';
import { defaultPolicy } from '#policy/default-policy';
import { apologise, type Apologise } from './apologise.ts';
import { apologyGiven, customerThanked } from './events.ts';
import { ruleOverridden } from './events.ts';
import { given, received } from '../complaint.stories.ts';

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
});
