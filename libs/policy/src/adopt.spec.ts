import { storiesOf } from '#fact/story';
import { adopt, type Adopt } from './adopt.ts';
import { defaultPolicy } from './default-policy.ts';
import { policyAdopted } from './events.ts';
import { policyStreams } from './policies.ts';
import type { Policy } from './policy.ts';

const { given } = storiesOf(policyStreams, 'policy');

const first: Policy = { ...defaultPolicy, currency: 'RUB' };
const second: Policy = { ...defaultPolicy, currency: 'JPY' };
const other: Policy = { ...defaultPolicy, currency: 'CHF' };
/** The same policy, its members written in another order. */
const shuffled = (policy: Policy): Policy => Object.fromEntries(Object.entries(policy).reverse()) as Policy;

const adopting = (policy: Policy, source: Adopt['source']) => (policies: Parameters<typeof adopt>[1]) =>
  adopt({ policy, source }, policies);
const adopted = (policy: Policy, source: Adopt['source']) => policyAdopted({ policy, source });

describe('adopting a policy', () => {
  it('begins with the defaults, once, and never replaces anything by them', () => {
    given().when(adopting(defaultPolicy, 'defaults')).then(adopted(defaultPolicy, 'defaults'));
    given(adopted(defaultPolicy, 'defaults')).when(adopting(defaultPolicy, 'defaults')).thenNothing();
    given(adopted(first, 'file')).when(adopting(defaultPolicy, 'defaults')).thenNothing();
  });

  it('takes a file whole, also the first one', () => {
    given().when(adopting(first, 'file')).then(adopted(first, 'file'));
    given(adopted(defaultPolicy, 'defaults')).when(adopting(first, 'file')).then(adopted(first, 'file'));
    given(adopted(first, 'file')).when(adopting(second, 'file')).then(adopted(second, 'file'));
  });

  it('says nothing about the same file again, however its members are ordered', () => {
    given(adopted(first, 'file')).when(adopting(first, 'file')).thenNothing();
    given(adopted(first, 'file'))
      .when(adopting(shuffled(first), 'file'))
      .thenNothing();
  });

  it('says nothing about the last file, though another policy was adopted since by the API', () =>
    given(adopted(first, 'file'), adopted(other, 'api')).when(adopting(first, 'file')).thenNothing());

  it('refuses an older file: two replicas with different files must not flap', () =>
    given(adopted(first, 'file'), adopted(second, 'file'))
      .when(adopting(shuffled(first), 'file'))
      .thenRefused('older-policy-file'));

  it('takes a file for new that only the defaults or the API had', () => {
    given(adopted(defaultPolicy, 'defaults'), adopted(first, 'file'))
      .when(adopting(defaultPolicy, 'file'))
      .then(adopted(defaultPolicy, 'file'));
    given(adopted(first, 'file'), adopted(other, 'api')).when(adopting(other, 'file')).then(adopted(other, 'file'));
  });

  it('by the API replaces what stands, and says nothing when it stands already', () => {
    given(adopted(first, 'file')).when(adopting(other, 'api')).then(adopted(other, 'api'));
    given(adopted(first, 'file'), adopted(other, 'api'))
      .when(adopting(shuffled(other), 'api'))
      .thenNothing();
    given(adopted(first, 'file'), adopted(other, 'api')).when(adopting(first, 'api')).then(adopted(first, 'api'));
  });
});

describe('the policies', () => {
  const state = given(adopted(defaultPolicy, 'defaults'), adopted(first, 'file'), adopted(other, 'api')).state!;

  it('have the newest one, by which everything is decided', () =>
    expect(state.newest).toEqual({ ...other, version: 2 }));

  it('keep every version: its revision', () => {
    expect(state.versions.map(({ version, source }) => [version, source])).toEqual([
      [0, 'defaults'],
      [1, 'file'],
      [2, 'api'],
    ]);
    expect(state.versions[1]!.policy).toEqual(first);
  });
});
