import { LappsServerError } from './errors.js';

/** Whether a request with this `Origin` header, or none, may be upgraded. */
export type OriginTest = (origin: string | undefined) => boolean;

const normalise = (origin: string): string => {
  try {
    const url = new URL(origin);
    const isOrigin = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
    if (isOrigin && url.origin !== 'null' && origin.toLowerCase().startsWith(`${url.protocol}//`)) return url.origin;
  } catch {
    // Falls through to the error below.
  }
  throw new LappsServerError(
    'LAPPS_SERVER_ERR_BAD_ORIGIN',
    `Cannot use origin "${origin}": want scheme://host or scheme://host:port`,
  );
};

/**
 * Compiles a list of origins (`https://example.org`, `http://localhost:8080`) into a test; undefined lets everyone in. A
 * request without `Origin` comes from no browser and is let in: the list protects users of other sites, not the server.
 * The origin `null` (sandboxed pages, files) is let in only when listed as such.
 *
 * @throws LappsServerError `LAPPS_SERVER_ERR_BAD_ORIGIN`
 */
export const compileOrigins = (allowed: readonly string[] | undefined): OriginTest => {
  if (allowed === undefined) return () => true;
  const set = new Set(allowed.map((origin) => (origin === 'null' ? 'null' : normalise(origin))));
  return (origin) => origin === undefined || set.has(origin.toLowerCase());
};
