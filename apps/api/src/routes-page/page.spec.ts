import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONDUCTORS } from '#desk/roles';
import { DOORS } from '../doors/doors.ts';
import { FEED_DOORS } from '../feed/feed-doors.ts';
import { doorsIn, routesPage } from './page.ts';
import { ruleFiles } from './rule-files.ts';

const CHECKOUT = join(__dirname, '../../../..');

describe('docs/routes.md', () => {
  it('is up to date (npm run generate)', () =>
    expect(readFileSync(join(CHECKOUT, 'docs/routes.md'), 'utf8')).toBe(
      routesPage(doorsIn([...DOORS, ...FEED_DOORS]), ruleFiles(CHECKOUT)),
    ));

  it('tells of a write who may, by which rule, and what comes of it', () => {
    const page = routesPage(
      [
        {
          method: 'POST',
          path: 'v1/complaints/:complaint/thanks',
          summary: 'Thank | the customer.',
          roles: CONDUCTORS,
          rule: { name: 'thank' },
          facts: ['CustomerThanked'],
          refusals: ['already-closed', 'not-found'],
        },
        { method: 'GET', path: 'v1/norms', summary: 'Norms.', roles: 'open' },
        { method: 'GET', path: 'v1/x', summary: 'X.', roles: ['auditor', 'lead'] },
      ],
      ({ name }) => ({ name, path: 'libs/x.ts' }),
    );
    expect(page.split('\n').filter((line) => line.includes('`/v1') || line.includes(' /v1'))).toEqual([
      '| `POST /v1/complaints/{complaint}/thanks` | conductors | Thank \\| the customer. | [`thank`](../libs/x.ts) | `CustomerThanked` | `already-closed` `not-found` |',
      '| `GET /v1/norms` | anybody | Norms. |',
      '| `GET /v1/x` | auditor, lead | X. |',
    ]);
  });

  it('finds a rule in exactly one file', () => {
    const fileOf = ruleFiles(CHECKOUT);
    expect(fileOf({ step: 'thanks', name: '' })).toEqual({
      name: 'thank',
      path: 'libs/complaint/src/conversation/thank.ts',
    });
    expect(fileOf({ name: 'receive' })).toEqual({ name: 'receive', path: 'libs/complaint/src/intake/receive.ts' });
    expect(() => fileOf({ step: 'no-such-step', name: '' })).toThrow('0 files');
  });
});
