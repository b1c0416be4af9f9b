import type { Command } from '../command.ts';
import { backup } from './backup.ts';
import { copy } from './copy.ts';
import { followers } from './followers.ts';
import { parked } from './parked.ts';
import { prepare } from './prepare.ts';
import { replay } from './replay.ts';
import { restore } from './restore.ts';
import { restored } from './restored.ts';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [prepare, followers, parked, replay, backup, restore, restored, copy];
