import { Body, Controller, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { CallerOf } from '#api/caller-of';
import { createApi } from '#api/create-api';
import { Door } from '#api/doors/door';
import type { Caller } from '#desk/caller';
import { CONDUCTORS } from '#desk/roles';
import { MessageBody } from '#desk/commands/conversation';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import { openDatabase } from '#postgres/database';
import { makeLog } from '#program/log';
import { alone } from './facts.ts';

/**
 * A process with the very door of the service: the same adapter, guards, pipes, log and metrics. Behind it lies one
 * prepared insert of a fact's bytes, made beforehand, and nothing else: no rules, no stream, no key, no chain.
 */
const pool = openDatabase(process.env['BARE_DATABASE_URL']!, { name: 'bare-door', max: 20 });
const { event: bytes } = alone();
const data = JSON.stringify(bytes.data);
const metadata = JSON.stringify(bytes.metadata);

@Controller()
class BareDoor {
  @Door({
    method: 'POST',
    path: 'v1/complaints/:complaint/messages',
    summary: 'Record a message.',
    roles: CONDUCTORS,
  })
  async record(
    @Param('complaint') complaint: string,
    @Body() _body: MessageBody,
    @CallerOf() _caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const id = uuidv7();
    const { rows } = await pool.query<{ position: string }>({
      name: 'insert',
      text: 'insert into raw.events (stream, revision, id, type, data, metadata) values ($1, $2, $3, $4, $5, $6) returning position',
      values: [`complaint-${complaint}`, 1, id, 'MessageRecorded', data, metadata],
    });
    reply.status(201).header('etag', '"1"').header('location', `/v1/complaints/${complaint}/messages/${id}`);
    return { id, revision: 1, position: rows[0]!.position, facts: [{ id, type: 'MessageRecorded' }] };
  }
}

const api = await createApi({
  settings: { organisation: 'local', openAccess: false, allowedHosts: [] },
  store: new InMemoryEventStore(),
  vault: { open: async (value) => value },
  log: makeLog('info'),
  controllers: [BareDoor],
});
await api.listen(0, '127.0.0.1');
process.once('SIGTERM', () => void api.close().then(() => process.exit()));
process.send!({ port: Number(new URL(await api.getUrl()).port) });
