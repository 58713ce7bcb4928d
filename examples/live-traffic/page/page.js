// Watches the requests HAProxy asks about, and blocks addresses.
import { connect } from './vendor/lapps-client.js';

const TRAFFIC = 7;
const BLOCKED = 8;
const ROWS = 15;
const MOST_ADDRESSES = 200;

const element = (id) => document.getElementById(id);
/** By address: its row and what it shows. Most recent last. */
const addresses = new Map();
let blocked = new Set();
let total = 0;
let denied = 0;
let sinceTick = 0;
let client;

function cell(text, className = '') {
  const made = document.createElement('td');
  made.textContent = text;
  made.className = className;
  return made;
}

function status(text, isOpen) {
  element('status').textContent = text;
  element('status').classList.toggle('open', isOpen);
}

function showBlocked(entry, address) {
  const isBlocked = blocked.has(address);
  entry.row.classList.toggle('denied', isBlocked);
  entry.button.textContent = isBlocked ? 'Unblock' : 'Block';
  entry.button.className = isBlocked ? 'unblock' : 'block';
  entry.button.disabled = false;
}

function order(entry, address) {
  entry.button.disabled = true;
  // The answer only says that the order was taken: channel 8 tells when it is in force.
  client.request(blocked.has(address) ? 'unblock' : 'block', [address]).catch((error) => {
    status(error.message, false);
    entry.button.disabled = false;
  });
}

function makeEntry(address) {
  const row = document.createElement('tr');
  const count = cell('0', 'number');
  const button = document.createElement('button');
  const last = cell('');
  last.append(button);
  row.append(cell(address, 'address'), count, last);
  row.dataset.address = address;
  const entry = { row, count, button, requests: 0 };
  button.addEventListener('click', () => order(entry, address));
  addresses.set(address, entry);
  element('addresses').append(row);
  showBlocked(entry, address);
  return entry;
}

function entryOf(address) {
  const known = addresses.get(address);
  if (known !== undefined) {
    addresses.delete(address);
    addresses.set(address, known);
    return known;
  }
  if (addresses.size >= MOST_ADDRESSES) {
    const [[oldest, { row }]] = addresses;
    addresses.delete(oldest);
    row.remove();
  }
  return makeEntry(address);
}

function showRequest(request) {
  total += 1;
  sinceTick += 1;
  if (request.blocked) denied += 1;
  const entry = entryOf(request.address);
  entry.requests += 1;
  entry.count.textContent = entry.requests;
  const row = document.createElement('tr');
  row.className = request.blocked ? 'denied' : '';
  row.append(
    cell(new Date(request.time).toLocaleTimeString([], { hour12: false }), 'detail'),
    cell(request.address, 'address'),
    cell(`${request.method} ${request.path}`, 'request'),
    cell(request.worker, 'number detail'),
    cell(request.blocked ? '403' : ''),
  );
  const stream = element('stream');
  stream.prepend(row);
  while (stream.childElementCount > ROWS) stream.lastElementChild.remove();
  element('requests').textContent = total;
  element('denied').textContent = denied;
}

setInterval(() => {
  element('rate').textContent = sinceTick;
  sinceTick = 0;
}, 1000);

function watch() {
  // "Watching" is said once it is true: what HAProxy asks before the answer is not shown.
  client.request('watch').then(
    () => status('watching', true),
    (error) => status(error.message, false),
  );
}

const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`;
try {
  client = await connect(url, {
    onOpen: () => client && watch(),
    onClose: ({ code }, delayMs) => status(`closed with ${code}; again in ${(delayMs / 1000).toFixed(1)} s`, false),
  });
  client.on(TRAFFIC, ([request]) => showRequest(request));
  client.on(BLOCKED, ([list]) => {
    blocked = new Set(list);
    for (const address of list) if (!addresses.has(address)) makeEntry(address);
    for (const [address, entry] of addresses) showBlocked(entry, address);
  });
  watch();
} catch (error) {
  status(error.message, false);
}
