/** What the codec's checks know of the vocabulary of facts. */
import '../../fact/src/schema-kinds.ts';
