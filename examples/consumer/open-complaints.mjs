import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { placeBehind, verdictOn } from './progress.mjs';

/**
 * The work of this example: how many complaints are open, by category. It is kept per subject, so that a subject can be
 * read again, and in one file with how far each was applied: a file is replaced at once, as a transaction would be.
 * Yours is a database; keep the two in one transaction there.
 */
export class OpenComplaints {
  /** @param {string} file where it is kept */
  constructor(file) {
    this.file = file;
    /** @type {Record<string, { place: import('./progress.mjs').Place, open: boolean, categories: Record<string, string> }>} */
    this.subjects = {};
    /** How far the feed was read; with Kafka the broker keeps the offsets. */
    this.position = undefined;
    try {
      Object.assign(this, JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }

  /**
   * @param {{ subject: string, type: string, epoch: string, sequence: number, data: any }} message
   * @returns {import('./progress.mjs').Verdict}
   */
  take(message) {
    const known = this.subjects[message.subject];
    const verdict = verdictOn(known?.place, message);
    if (verdict !== 'apply') return verdict;
    const so = known ?? { open: true, categories: {} };
    this.subjects[message.subject] = { ...apply(so, message), place: placeBehind(known?.place, message) };
    return verdict;
  }

  /** Before a subject is read again. The epochs that it has left stay known. */
  forget(subject, epoch) {
    const { place } = this.subjects[subject];
    this.subjects[subject] = {
      open: true,
      categories: {},
      place: { epoch, sequence: -1, former: [...place.former, place.epoch].filter((one) => one !== epoch) },
    };
  }

  save() {
    const { subjects, position } = this;
    writeFileSync(`${this.file}.new`, JSON.stringify({ subjects, position }));
    renameSync(`${this.file}.new`, this.file);
  }

  /** The answer: open complaints by category. */
  counts() {
    const counts = {};
    for (const { open, categories } of Object.values(this.subjects))
      if (open)
        for (const category of new Set(Object.values(categories))) counts[category] = (counts[category] ?? 0) + 1;
    return Object.fromEntries(Object.entries(counts).sort());
  }
}

/** What a message changes. Unknown types and unknown members are passed over: published schemas only grow. */
const apply = (so, { type, data }) => {
  const classified = (issues) => Object.fromEntries(issues.map(({ id, category }) => [id, category]));
  switch (type) {
    case 'redress.complaint.received.v1':
      return { ...so, open: true, categories: classified(data.issues) };
    case 'redress.complaint.issue-added.v1':
      return { ...so, categories: { ...so.categories, ...classified([data.issue]) } };
    case 'redress.complaint.issue-reclassified.v1':
      return data.category === undefined
        ? so
        : { ...so, categories: { ...so.categories, [data.issue]: data.category } };
    case 'redress.complaint.closed.v1':
    case 'redress.complaint.withdrawn.v1':
      return { ...so, open: false };
    case 'redress.complaint.reopened.v1':
      return { ...so, open: true };
    default:
      return so;
  }
};
