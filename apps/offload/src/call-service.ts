import { type LappsClient, LappsClientError } from '@offload/lapps-client';
import { errorJson, notificationJson, notificationText, resultJson, resultText } from './call-text.js';
import type { Context } from './context.js';
import { OffloadError } from './errors.js';
import { connectService, type ServiceAddress } from './service-client.js';

/** One call of a service. */
export interface ServiceCall {
  readonly to: ServiceAddress;
  readonly method: string;
  readonly params: readonly Param[];
  /** A notification on this channel, whose first message is waited for; without it a request. */
  readonly cid?: number;
  /** Go on and print what comes on any channel until a signal. */
  readonly listen: boolean;
  readonly json: boolean;
  readonly timeoutMs: number;
}

/** What JSON can say. */
export type Param = null | boolean | number | string | readonly Param[] | { readonly [name: string]: Param };

/** How a connection ended that was not ended here. */
interface End {
  readonly code: number;
  readonly reason: string;
}

/**
 * Calls a service and prints what it answers.
 *
 * @throws OffloadError `OFFLOAD_ERR_CONNECT`, `OFFLOAD_ERR_TIMEOUT`, `OFFLOAD_ERR_RESPONSE` for an error object,
 *   `OFFLOAD_ERR_PROTOCOL` when the service hangs up
 */
export async function callService(call: ServiceCall, context: Context): Promise<void> {
  const { timeoutMs, method, params, cid, json, listen } = call;
  let ended = (_end: End): void => {};
  const end = new Promise<End>((resolve) => {
    ended = resolve;
  });
  let forgetSignals = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    if (listen) forgetSignals = context.onStopSignal(() => resolve());
  });
  const client = await connectService(call.to, {
    timeoutMs,
    onClose: (code, reason) => ended({ code, reason }),
    onOddity: (what) => context.stderr(`offload: ${what}\n`),
  });
  try {
    const show = json ? notificationJson : notificationText;
    if (listen) client.onAny((items, channel) => context.stdout(show(channel, items)));
    if (cid === undefined) await request(client, call, context);
    else if (listen) client.notify(cid, method, params);
    else await notify(client, cid, call, { context, end });
    if (!listen) return;
    const how = await Promise.race([end, stopped]);
    if (how !== undefined) throw hungUp(call, how);
  } finally {
    forgetSignals();
    await client.close();
  }
}

/** A notification is owed no answer: one that comes on its channel is shown, and none within the time is no fault. */
async function notify(
  client: LappsClient,
  cid: number,
  call: ServiceCall,
  { context, end }: { readonly context: Context; readonly end: Promise<End> },
): Promise<void> {
  const { method, params, json, timeoutMs } = call;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  const answer = new Promise<readonly unknown[]>((resolve) => {
    client.on(cid, (items) => resolve(items));
  });
  client.notify(cid, method, params);
  const first = await Promise.race([answer, end, silence]);
  clearTimeout(timer);
  if (first === undefined) {
    context.stderr(`offload: sent; nothing came on channel ${cid} in ${timeoutMs} ms\n`);
  } else if ('code' in first) throw hungUp(call, first);
  else context.stdout((json ? notificationJson : notificationText)(cid, first));
}

async function request(
  client: LappsClient,
  { method, params, json, to }: ServiceCall,
  context: Context,
): Promise<void> {
  try {
    const result = await client.request(method, params);
    context.stdout(json ? resultJson(result) : resultText(result));
  } catch (error) {
    if (!(error instanceof LappsClientError)) throw error;
    const { code, message, rpcCode, data, closeCode } = error;
    switch (code) {
      case 'LAPPS_CLIENT_ERR_RESPONSE':
        if (json) context.stdout(errorJson(rpcCode, message, data));
        throw new OffloadError('OFFLOAD_ERR_RESPONSE', `${method} failed with error ${rpcCode}: ${message}`);
      case 'LAPPS_CLIENT_ERR_TIMEOUT':
        throw new OffloadError('OFFLOAD_ERR_TIMEOUT', message);
      case 'LAPPS_CLIENT_ERR_CLOSED':
        throw new OffloadError(
          'OFFLOAD_ERR_PROTOCOL',
          `No answer from ${to.url}: it closed the connection with ${closeCode}`,
        );
      default:
        throw error;
    }
  }
}

function hungUp({ to }: ServiceCall, { code, reason }: End): OffloadError {
  const why = reason === '' ? String(code) : `${code}, "${reason}"`;
  return new OffloadError('OFFLOAD_ERR_PROTOCOL', `${to.url} closed the connection with ${why}`);
}
