/** What to say of a fault of the system while the program starts or runs a command; undefined for other faults. */
export function openFilesFault(error: unknown): string | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'EMFILE') return 'Too many open files: raise the hard limit (ulimit -Hn, LimitNOFILE of systemd)';
  if (code === 'ENFILE') return 'Too many open files in the whole system';
  return undefined;
}
