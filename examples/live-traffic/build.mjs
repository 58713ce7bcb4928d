// Puts the page and the client it imports into dist/, a folder of plain files to serve.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

rmSync(path('dist'), { recursive: true, force: true });
mkdirSync(path('dist/vendor'), { recursive: true });
cpSync(path('page'), path('dist'), { recursive: true });
cpSync(fileURLToPath(import.meta.resolve('@offload/lapps-client/browser')), path('dist/vendor/lapps-client.js'));
