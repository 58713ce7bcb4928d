import { type Action, SCOPE_NAMES } from '@offload/spop-codec';
import type { NotifyAnswer } from './notify-client.js';
import { tableText } from './table-text.js';
import { printable, typeName, valueJson, valueText } from './typed-text.js';

/** The answer for people: a line about the exchange, then one line per action in the agent's order. */
export function answerTable(message: string, { actions, milliseconds, unparsedBytes }: NotifyAnswer): string {
  const took = `${milliseconds.toFixed(1)} ms`;
  const warning =
    unparsedBytes === 0 ? '' : `${unparsedBytes} bytes of the answer make no action: HAProxy drops them\n`;
  if (actions.length === 0) return `${message}: acknowledged in ${took}, no variable set\n${warning}`;
  const rows = actions.map((action) => [variable(action), ...shown(action)]);
  return `${message}: acknowledged in ${took}\n${tableText(['variable', 'type', 'value'], rows)}${warning}`;
}

function variable({ scope, name }: Action): string {
  return `${SCOPE_NAMES[scope]}.${printable(Buffer.from(name, 'latin1'))}`;
}

function shown(action: Action): [type: string, value: string] {
  return action.type === 'unset-var' ? ['unset', ''] : [typeName(action.value), valueText(action.value)];
}

/** The answer for programs: one JSON document. */
export function answerJson(message: string, { actions, milliseconds, unparsedBytes }: NotifyAnswer): string {
  const document = { message, milliseconds, actions: actions.map(actionJson), unparsedBytes };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function actionJson(action: Action): Record<string, unknown> {
  const scope = SCOPE_NAMES[action.scope];
  const name = Buffer.from(action.name, 'latin1').toString();
  if (action.type === 'unset-var') return { action: 'unset', scope, name };
  return { action: 'set', scope, name, type: typeName(action.value), ...valueJson(action.value) };
}
