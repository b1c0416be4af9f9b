import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './durable-name.ts';

/** Marks a line that a crash cut off: nobody was told that it was written. */
const TORN = '#torn';

/**
 * Appends a line to a file that is never rewritten; durable when it returns. NOTE: a storage format: a half-written last
 * line is closed with `#torn` by the next one.
 */
export const appendLine = async (file: string, text: string): Promise<void> => {
  const line = `${text}\n`;
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const torn = size > 0 && !(await endsWithNewline(handle, size));
    await handle.appendFile(torn ? `${TORN}\n${line}` : line);
    await handle.sync();
    if (size === 0) await syncDirectory(dirname(file));
  } finally {
    await handle.close();
  }
};

const endsWithNewline = async (handle: FileHandle, size: number): Promise<boolean> => {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
};

/**
 * What such a file's whole lines hold; undefined when there is no such file. `read` answers undefined for a line that is
 * damaged, and `damaged` makes the error of its number: a line that cannot be read may not be passed over.
 */
export const readLines = async <Entry>(
  file: string,
  read: (members: Readonly<Record<string, unknown>>) => Entry | undefined,
  damaged: (line: number) => Error,
): Promise<Entry[] | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // What follows the last line's end is nothing, or torn.
  return text
    ?.split('\n')
    .slice(0, -1)
    .flatMap((line, index) => {
      if (line === '' || line.endsWith(TORN)) return [];
      const entry = parsed(line, read);
      if (entry === undefined) throw damaged(index + 1);
      return [entry];
    });
};

const parsed = <Entry>(
  line: string,
  read: (members: Readonly<Record<string, unknown>>) => Entry | undefined,
): Entry | undefined => {
  try {
    return read(JSON.parse(line) as Record<string, unknown>);
  } catch {
    return undefined;
  }
};
