import { randomBytes } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Pool } from 'pg';

const letters = (count: number): string =>
  [...randomBytes(count)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');

/**
 * Stems of marked words, which stand nowhere else; letters only, as a customer might write them. Whoever finds a stem
 * has found a word that begins with it. They begin alike, so that all are looked for at once.
 */
export const rareStems = (count: number): string[] => {
  const alike = `qz${letters(10)}`;
  return Array.from({ length: count }, (_, index) => `${alike}${String.fromCharCode(97 + index)}${letters(3)}`);
};

/** The bytes that a word can lie as: UTF-8, UTF-16 of either order, hex, base64 wherever it begins. */
export const formsOf = (word: string): readonly Buffer[] => {
  const utf8 = Buffer.from(word);
  const utf16 = Buffer.from(word, 'utf16le');
  const hex = utf8.toString('hex');
  // Base64 depends on where the word begins: without the characters that touch its edges.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), utf8])
      .toString('base64')
      .slice(4, -4),
  );
  return [
    utf8,
    utf16,
    Buffer.from(utf16).swap16(),
    ...[hex, hex.toUpperCase(), ...base64].map((text) => Buffer.from(text)),
  ];
};

const CHUNK = 1 << 22;
const ZEROS = Buffer.alloc(CHUNK + 1024);

/** In which files below a directory (or in which file) each stem lies, in whatever form: `stem` → relative paths. */
export const filesWith = async (place: string, stems: readonly string[]): Promise<Record<string, string[]>> => {
  const needles = stems.flatMap((stem) => formsOf(stem).map((form) => ({ stem, form })));
  const common = formsOf(beginning(stems));
  const longest = Math.max(...needles.map(({ form }) => form.length));
  const found = new Map(stems.map((stem) => [stem, new Set<string>()]));
  const buffer = Buffer.alloc(longest + CHUNK);
  for (const path of await filesIn(place)) {
    const file = await open(path);
    try {
      for (let kept = 0; ;) {
        const { bytesRead } = await file.read(buffer, kept, CHUNK);
        if (bytesRead === 0) break;
        const bytes = buffer.subarray(0, kept + bytesRead);
        // Brokers and databases lay out files of zeros that they will fill.
        const empty = bytes.equals(ZEROS.subarray(0, bytes.length));
        if (!empty && common.some((form) => bytes.includes(form)))
          for (const { stem, form } of needles) if (bytes.includes(form)) found.get(stem)!.add(relative(place, path));
        kept = Math.min(bytes.length, longest);
        bytes.copyWithin(0, bytes.length - kept);
      }
    } finally {
      await file.close();
    }
  }
  return Object.fromEntries([...found].map(([stem, files]) => [stem, [...files].sort()]));
};

const beginning = ([first = '', ...others]: readonly string[]): string => {
  const differs = [...first].findIndex((letter, index) => others.some((other) => other[index] !== letter));
  return differs < 0 ? first : first.slice(0, differs);
};

const filesIn = async (place: string): Promise<string[]> => {
  if ((await stat(place)).isFile()) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

/**
 * Keeps PostgreSQL from compressing long values from now on: a compressed word could not be found by its bytes, and a
 * search that cannot find proves nothing.
 */
export const storeUncompressed = async (pool: Pool): Promise<void> => {
  const { rows } = await pool.query<{ statement: string }>(
    `select format('alter table %I.%I alter column %I set storage external', n.nspname, c.relname, a.attname) as statement
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attstorage in ('x', 'm')
        and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`,
  );
  for (const { statement } of rows) await pool.query(statement);
};
