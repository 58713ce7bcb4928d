import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { contentType } from './content-type.js';

/** A client that takes nothing for so long is cut off, in ms. */
const STALL_MS = 30_000;

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What comes of a request: a file, or a status with its headers. */
type Answer =
  | { readonly file: FileHandle; readonly stats: Stats; readonly type: string }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/**
 * Serves the files of a folder over HTTP, GET and HEAD only. A path names a file in the folder or is 404: no way out of it,
 * through `..` or a symbolic link, no names that begin with a dot, no listings. `DIR/` is its `index.html`. Files are
 * looked at anew for each request and have an `ETag`.
 *
 * @param root an existing folder.
 * @param onError hears what went wrong here; the client gets 500.
 */
export function createStaticFiles(root: string, onError: (error: unknown) => void): RequestHandler {
  return (request, response) => {
    answer(root, request, response).catch((error: unknown) => {
      onError(error);
      if (response.headersSent) response.destroy();
      else respond(response, 500, {});
    });
  };
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    // What the body says is of no interest, nor is what follows it.
    respond(response, 405, { Allow: 'GET, HEAD', Connection: 'close' });
    return;
  }
  const found = await find(root, request.url ?? '/');
  if ('status' in found) {
    respond(response, found.status, found.headers ?? {});
    return;
  }
  try {
    send(found, request, response);
  } catch (error) {
    await found.file.close();
    throw error;
  }
}

async function find(root: string, url: string): Promise<Answer> {
  const query = url.indexOf('?');
  const [rawPath, search] = query < 0 ? [url, ''] : [url.slice(0, query), url.slice(query)];
  const names = namesOf(rawPath);
  if (names === undefined) return { status: 404 };
  const isFolder = names.at(-1) === '';
  const real = await insideOf(root, join(...names.slice(0, isFolder ? -1 : undefined), isFolder ? 'index.html' : ''));
  if (real === undefined) return { status: 404 };
  // The path is free of links: one that takes the file's place now is not followed. Nothing waits for a pipe's writer.
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return { status: 404 };
  const stats = await file.stat();
  if (stats.isFile()) return { file, stats, type: contentType(extname(real)) };
  await file.close();
  // Relative links of a page count from its folder.
  if (stats.isDirectory() && !isFolder) return { status: 301, headers: { Location: `./${lastOf(rawPath)}/${search}` } };
  return { status: 404 };
}

/** The names a path is made of; a last one that is empty stands for a folder. Undefined for what is never served. */
function namesOf(path: string): string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  // A slash or backslash that was escaped, and NUL, belong to no name.
  if (/%2f|%5c|%00/i.test(path) || decoded.includes('\\') || decoded.includes('\0')) return undefined;
  const names = decoded.slice(1).split('/');
  const isServed = names.every((name, i) => !name.startsWith('.') && (name !== '' || i === names.length - 1));
  return isServed ? names : undefined;
}

/** The path with every link resolved, when it still lies in the folder. */
async function insideOf(root: string, relative: string): Promise<string | undefined> {
  try {
    const [folder, real] = await Promise.all([realpath(root), realpath(join(root, relative))]);
    const prefix = folder.endsWith(sep) ? folder : folder + sep;
    if (!real.startsWith(prefix)) return undefined;
    // A link may lead to a name that is not served.
    return real
      .slice(prefix.length)
      .split(sep)
      .some((name) => name.startsWith('.'))
      ? undefined
      : real;
  } catch {
    return undefined;
  }
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function send(
  { file, stats, type }: Extract<Answer, { file: FileHandle }>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const etag = `W/"${stats.size.toString(36)}-${Math.round(stats.mtimeMs * 1000).toString(36)}"`;
  const headers = { ETag: etag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' };
  if (matches(request.headers['if-none-match'], etag)) {
    void file.close();
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': stats.size });
  if (request.method === 'HEAD' || stats.size === 0) {
    void file.close();
    response.end();
    return;
  }
  response.setTimeout(STALL_MS, () => response.destroy());
  // A file that grows meanwhile must not send more than was announced; one that shrinks ends the connection.
  pipeline(file.createReadStream({ end: stats.size - 1 }), response, () => undefined);
}

/** Weak comparison (RFC 9110 13.1.2). */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}

function respond(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  response.writeHead(status, { ...headers, 'Content-Length': 0 }).end();
}
