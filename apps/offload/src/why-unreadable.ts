const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** Why the system does not open a file, for a message that has its path already. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WHY[code ?? ''] ?? message;
}
