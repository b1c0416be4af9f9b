import { check } from './check/check.ts';
import type { Evidence } from './check/evidence.ts';
import { digestOf } from './check/ledger.ts';
import { id, soundWorld, type Mutable } from './sound-world.ts';

type World = Mutable<Evidence>;

/** The rules that a spoilt world breaks. */
const found = (spoil: (world: World) => void): string[] => {
  const world = soundWorld();
  spoil(world);
  return [...new Set(check(world as Evidence).map(({ rule }) => rule))];
};
const fact = (world: World, type: string) => world.facts.find((one) => one.type === type)!;
const command = (world: World, door: string) => world.commands.find(({ name }) => name.startsWith(door))!;
const ofStream = (world: World, stream: string) => world.messages!.filter(({ key }) => stream.endsWith(key));
/** Somebody who changes a fact and knows how digests are made. */
const redigest = (world: World): void => {
  const digests = new Map<string, string>();
  for (const one of world.facts) {
    one.metadata.previousDigest = digests.get(one.stream) ?? null;
    one.metadata.digest = digestOf(one.stream, one);
    digests.set(one.stream, one.metadata.digest as string);
  }
};
/** A message as if the fact had been there in truth: the ledger alone is to show it. */
const publish = (world: World, like: number, changes: object): void => {
  const message = world.messages![like]!;
  world.messages!.push({ ...message, headers: { ...message.headers, ...changes } });
};

describe('the checker', () => {
  it('finds nothing where all is as it must be', () => {
    expect(check(soundWorld() as Evidence)).toEqual([]);
  });
});

describe('the checker finds, in the ledger,', () => {
  it('a fact that was changed', () =>
    expect(found((world) => (fact(world, 'MessageRecorded').data.direction = 'out'))).toEqual([
      'digests fit their facts',
    ]));

  it('a chain that was broken', () =>
    expect(
      found((world) => {
        const changed = fact(world, 'MessageRecorded');
        changed.metadata.previousDigest = 'sha256:0';
        changed.metadata.digest = digestOf(changed.stream, changed);
      }),
    ).toEqual(['digests are chained']));

  it('a fact that is there twice', () =>
    expect(
      found((world) => {
        const last = world.facts.at(-1)!;
        world.facts.push({ ...structuredClone(last), revision: last.revision + 1, position: after(last.position) });
        redigest(world);
      }),
    ).toEqual(
      expect.arrayContaining(['each fact is there once', 'acknowledged facts are in the ledger, exactly once']),
    ));

  it('a command that was recorded twice, under new ids', () =>
    expect(
      found((world) => {
        const [thanks, last] = [fact(world, 'CustomerThanked'), world.facts.at(-1)!];
        const again = {
          ...structuredClone(thanks),
          id: id('again'),
          revision: last.revision + 1,
          position: after(last.position),
        };
        again.metadata.recordedAt = last.metadata.recordedAt;
        world.facts.push(again);
        redigest(world);
      }),
    ).toEqual(
      expect.arrayContaining(['a command is recorded once', 'acknowledged facts are in the ledger, exactly once']),
    ));

  it('a gap in a stream, and a hole in the order', () =>
    expect(
      found((world) => {
        world.facts.splice(world.facts.indexOf(fact(world, 'PromiseMade')), 1);
        redigest(world);
      }),
    ).toEqual(
      expect.arrayContaining([
        'revisions have no gaps',
        'positions have no holes',
        'acknowledged facts are in the ledger, exactly once',
      ]),
    ));

  it('two facts that changed places', () =>
    expect(
      found((world) => {
        const { facts } = world;
        [facts[0], facts[1]] = [facts[1]!, facts[0]!];
      }),
    ).toEqual(expect.arrayContaining(['positions grow'])));
});

describe('the checker finds, of what callers were told,', () => {
  it('an acknowledged command whose facts are missing at the end of the ledger', () =>
    expect(
      found((world) => {
        world.facts.pop();
        world.messages!.pop();
      }),
    ).toEqual(['acknowledged facts are in the ledger, exactly once']));

  it('a fact of a request that was refused', () =>
    expect(found((world) => (command(world, 'messages').attempts = command(world, 'closures').attempts))).toEqual(
      expect.arrayContaining(['what was refused left no fact']),
    ));

  it('a fact that nobody asked for', () =>
    expect(found((world) => world.commands.splice(world.commands.indexOf(command(world, 'messages')), 1))).toEqual([
      'nothing is recorded that nobody asked for',
    ]));

  it('a repeat that is answered otherwise', () =>
    expect(
      found((world) => {
        const { attempts } = command(world, 'thanks');
        attempts.push({ ...attempts.at(-1)!, answer: { ...attempts.at(-1)!.answer!, revision: 9 } });
      }),
    ).toEqual(['a repeat is answered alike']));

  it('an acknowledgement that is taken back', () =>
    expect(
      found((world) => {
        const { attempts } = command(world, 'thanks');
        attempts.push({ api: 'api-1', sentAt: 5, endedAt: 6, status: 404, code: 'not-found' });
      }),
    ).toEqual(['what was acknowledged stays so']));

  it('a revision and a position that are not so', () =>
    expect(
      found((world) => {
        const answer = command(world, 'messages').attempts.at(-1)!.answer!;
        answer.revision += 1;
        answer.position = 'epoch.00000000000000000001';
      }),
    ).toEqual(['an answer names the revision', 'an answer names a position at or behind its facts']));

  it('a request that nobody settled', () =>
    expect(found((world) => command(world, 'messages').attempts.pop())).toEqual([
      'every request is settled in the end',
    ]));

  it('a 500, and a 503 that says nothing', () =>
    expect(
      found((world) => {
        const { attempts } = command(world, 'thanks');
        attempts.unshift({ ...attempts[0]!, status: 500, code: 'internal-error' }, { ...attempts[0]!, status: 503 });
      }),
    ).toEqual(
      expect.arrayContaining([
        'nothing is answered with an error of ours',
        'a 503 says what is missing',
        'a 503 says when to ask again',
      ]),
    ));

  it('a refusal where none was meant', () =>
    expect(found((world) => (command(world, 'closures').attempts[0]!.code = 'not-found'))).toEqual([
      'the answer fits the request',
    ]));

  it('but lets a request be that is never asked again', () =>
    expect(
      found((world) => {
        const open = command(world, 'messages');
        open.attempts.pop();
        open.abandoned = true;
      }),
    ).toEqual([]));
});

describe('the checker finds, of what the system does by itself,', () => {
  const without = (type: string) => (world: World) => {
    world.facts.splice(world.facts.indexOf(fact(world, type)), 1);
  };
  const twice = (type: string) => (world: World) => {
    const one = fact(world, type);
    world.facts.push({ ...structuredClone(one), id: id('second'), position: after(world.facts.at(-1)!.position) });
  };

  it('a resolution without its call', () =>
    expect(
      found((world) => {
        world.facts = world.facts.filter(({ stream }) => !stream.startsWith('follow-up-'));
      }),
    ).toEqual(expect.arrayContaining(['each resolution opens its call', 'a resolution names its call'])));
  it('a call that was opened twice', () =>
    expect(
      found((world) => {
        const opened = structuredClone(fact(world, 'FollowUpOpened'));
        world.facts.push({ ...opened, id: id('other'), stream: `follow-up-${id('other')}` });
      }),
    ).toContain('a resolution has one call'));
  it('a promise that nobody saw break', () =>
    expect(found(without('PromiseBroken'))).toContain('a promise is broken once, when it is'));
  it('a promise that broke twice', () =>
    expect(found(twice('PromiseBroken'))).toContain('a promise is broken once, when it is'));
  it('a promise that broke before its time', () =>
    expect(found((world) => (fact(world, 'PromiseMade').data.due = '2027-01-01T00:00:00.000Z'))).toContain(
      'a promise is broken once, when it is',
    ));
  it('silence that nobody noticed', () =>
    expect(found((world) => (world.restedAt += 86_400_000))).toEqual(['silence is noticed once, when it is']));
  it('a recurrence that nobody noticed', () =>
    expect(found(without('RecurrenceNoticed'))).toContain('what recurs is noticed once, and exactly'));
  it('a recurrence that was noticed twice, or miscounted', () => {
    expect(found(twice('RecurrenceNoticed'))).toContain('what recurs is noticed once, and exactly');
    expect(found((world) => (fact(world, 'RecurrenceNoticed').data.count = 4))).toContain(
      'what recurs is noticed once, and exactly',
    );
  });
  it('an open call that outlived a reopening', () =>
    expect(
      found((world) => {
        world.facts = world.facts.filter(({ type }) => type !== 'CustomerReached');
        fact(world, 'MessageRecorded').type = 'ComplaintReopened';
      }),
    ).toContain('a reopening supersedes an open call'));
});

describe('the checker finds, in Kafka,', () => {
  const stream = `complaint-${id('one')}`;

  it('a message that was lost', () =>
    expect(
      found((world) => world.messages!.splice(world.messages!.indexOf(ofStream(world, stream).at(-1)!), 1)),
    ).toEqual(['every public fact is published']));
  it('messages that changed places', () =>
    expect(
      found((world) => {
        const all = world.messages!;
        const [one, other] = ofStream(world, stream).map((message) => all.indexOf(message));
        [all[one!], all[other!]] = [all[other!]!, all[one!]!];
      }),
    ).toEqual(['first arrivals are in order, without a gap']));
  it('a message that no fact is behind', () =>
    expect(found((world) => publish(world, 0, { ce_id: id('nobody'), ce_sequence: '0000000099' }))).toEqual(
      expect.arrayContaining(['nothing is published that the ledger does not hold']),
    ));
  it('a message that says something else than its fact, and a repeat that differs', () => {
    expect(found((world) => (world.messages![0]!.headers['ce_position'] = 'epoch.00000000000000000009'))).toEqual([
      'a message is its fact',
    ]);
    expect(found((world) => publish(world, 0, { ce_time: '2020-01-01T00:00:00.000Z' }))).toEqual([
      'a repeat says the same',
    ]);
  });
  it('a key that moved to another partition', () =>
    expect(found((world) => (ofStream(world, stream).at(-1)!.partition = 3))).toEqual([
      'a key stays in its partition',
    ]));
  it('but lets a late repeat be, and what others publish', () =>
    expect(
      found((world) => {
        publish(world, 0, {});
        publish(world, 1, { ce_source: '/redress/somebody-else', ce_id: id('theirs') });
      }),
    ).toEqual([]));
});

const after = (position: string): string => {
  const [epoch, digits] = position.split('.');
  return `${epoch}.${String(BigInt(digits!) + 1n).padStart(20, '0')}`;
};
