// The client of the demo: log in, echo without a pause, show what channels 5 and 6 bring.
import { createChart } from './chart.js';
import { connect } from './vendor/lapps-client.js';

const CLOCK = 5;
const BLOB = 6;
const LOGIN = { user: 'admin', password: 'admin' };
const PAYLOAD = Array.from({ length: 25 }, (_, i) => i + 1);

const element = (id) => document.getElementById(id);
const addBar = createChart(element('chart'));
let roundTrips = 0;
let toastTimer;

function log(...parts) {
  const item = document.createElement('li');
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString([], { hour12: false });
  const text = document.createElement('div');
  text.append(...parts);
  item.append(time, text);
  const list = element('log');
  list.prepend(item);
  while (list.childElementCount > 50) list.lastElementChild.remove();
}

function status(text, isOpen) {
  element('status').textContent = text;
  element('status').classList.toggle('open', isOpen);
}

function toast(text) {
  const box = element('toast');
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    box.hidden = true;
  }, 999);
}

/** After each connection: the key of the last one is of no use any more. */
async function session(client) {
  const [{ authkey }] = await client.request('login', [LOGIN]);
  log('logged in as ', LOGIN.user);
  const echo = () => client.request('echo', [{ authkey }, PAYLOAD]);
  await echo();
  for (const cid of [CLOCK, BLOB]) client.notify(cid, 'subscribe', [{ authkey }]);
  roundTrips = 0;
  for (;;) {
    await echo();
    roundTrips += 1;
  }
}

function run(client) {
  status(`connected to ${client.url}`, true);
  // Lost connections come back by themselves, and with them a new session.
  session(client).catch((error) => log(error.message));
}

const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/echo_lapps`;
let client;
try {
  client = await connect(url, {
    onOpen: () => client && run(client),
    onClose: ({ code }, delayMs) => {
      const next = delayMs === undefined ? '' : `; again in ${(delayMs / 1000).toFixed(1)} s`;
      status(`closed with ${code}${next}`, false);
    },
    onProtocolError: ({ message }) => log(message),
  });
  client.on(CLOCK, ([text]) => {
    toast(text);
    addBar(roundTrips);
    roundTrips = 0;
  });
  client.on(BLOB, (message) => {
    const picture = document.createElement('pre');
    picture.textContent = message[5];
    log(`channel 6 brought ${message[5].length} characters`, picture);
  });
  run(client);
} catch (error) {
  status('not connected', false);
  log(error.message);
}
