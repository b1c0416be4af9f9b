import { open } from 'node:fs/promises';

/** Makes a file's new name durable: it is when its directory is. Windows cannot and need not. */
export const syncDirectory = async (directory: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
