/** A value that came over LAppS, as JSON that loses nothing: big integers are texts of digits, bytes hex under `hex`. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return String(item);
    if (item instanceof Uint8Array) return { hex: Buffer.from(item).toString('hex') };
    return item;
  });
}

/** A result for people: its items, one a line. */
export function resultText(items: readonly unknown[]): string {
  return items.length === 0 ? 'ok\n' : items.map((item) => `${plainJson(item)}\n`).join('');
}

/** A result for programs: the message as it came, on one line. */
export function resultJson(result: readonly unknown[]): string {
  return `${plainJson({ cid: 0, status: 1, result })}\n`;
}

/** An error object for programs. */
export function errorJson(code: number | undefined, message: string, data: unknown): string {
  return `${plainJson({ cid: 0, status: 0, error: { code, message, ...(data === undefined ? {} : { data }) } })}\n`;
}

/** A notification for people. */
export function notificationText(cid: number, items: readonly unknown[]): string {
  return `channel ${cid}:${items.map((item) => ` ${plainJson(item)}`).join('')}\n`;
}

/** A notification for programs, on one line. */
export function notificationJson(cid: number, message: readonly unknown[]): string {
  return `${plainJson({ cid, message })}\n`;
}
