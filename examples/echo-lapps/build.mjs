// Puts everything the page needs into dist/, so that a folder of plain files can be served: no bundler, no CDN.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const installed = (specifier) => fileURLToPath(import.meta.resolve(specifier));

rmSync(path('dist'), { recursive: true, force: true });
mkdirSync(path('dist/vendor'), { recursive: true });
cpSync(path('page'), path('dist'), { recursive: true });
cpSync(installed('@offload/lapps-client/browser'), path('dist/vendor/lapps-client.js'));
cpSync(installed('uplot/dist/uPlot.esm.js'), path('dist/vendor/uplot.js'));
cpSync(installed('uplot/dist/uPlot.min.css'), path('dist/vendor/uplot.css'));
