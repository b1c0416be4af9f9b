import type { Type } from '@nestjs/common';
import { readDoors } from '../doors/read-doors.ts';
import { FeedController } from './feed.controller.ts';
import { feedQueries } from './feed-reads.ts';

/** Every door to the feed. */
export const FEED_DOORS: readonly Type[] = [FeedController, ...readDoors(feedQueries)];
