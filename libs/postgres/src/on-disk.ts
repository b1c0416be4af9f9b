/**
 * Raises `synchronous_commit` where the server has it off, and lowers it nowhere: what is confirmed is on disk. An
 * expression for a select; for the transaction, or for the session.
 */
export const onDisk = (scope: 'transaction' | 'session'): string =>
  `set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, ${scope === 'transaction'})`;
