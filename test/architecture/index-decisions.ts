/** Part of `npm run generate`: writes the index of decisions in docs/architecture.md. */
import { writeIndex } from './decisions.ts';

writeIndex();
