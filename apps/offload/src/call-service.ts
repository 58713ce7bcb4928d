import { type LappsClient, LappsClientError } from '@offload/lapps-client';
import { errorJson, notificationJson, notificationText, resultJson, resultText } from './call-text.js';
import type { Context } from './context.js';
import { OffloadError } from './errors.js';
import type { Param } from './json-params.js';
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

/** How a connection ended that was not ended here: the service hung up, or sent an error object that answers no request. */
type End = { readonly closeCode: number; readonly reason: string } | LappsClientError;

/**
 * Calls a service and prints what it answers.
 *
 * @throws OffloadError `OFFLOAD_ERR_CONNECT`, `OFFLOAD_ERR_TIMEOUT`, `OFFLOAD_ERR_RESPONSE` for an error object
 *   (a request's answer, or what refuses a notification), `OFFLOAD_ERR_PROTOCOL` when the service hangs up
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
    onClose: (closeCode, reason) => ended({ closeCode, reason }),
    onRefusal: ended,
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
    if (how !== undefined) throw faultOf(how, call, context);
  } catch (error) {
    throw asUsage(error);
  } finally {
    forgetSignals();
    await client.close();
  }
}

/** What JSON can say and CBOR cannot, what is too much, and what no method is called. */
function asUsage(error: unknown): unknown {
  const cause = error as Error;
  if (cause.name === 'LappsCodecError') {
    return new OffloadError('OFFLOAD_ERR_USAGE', `Cannot send these parameters: ${cause.message}`, { cause });
  }
  if (!(error instanceof LappsClientError) || error.code !== 'LAPPS_CLIENT_ERR_BAD_OPTION') return error;
  return new OffloadError('OFFLOAD_ERR_USAGE', error.message, { cause });
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
  const answer = new Promise<{ readonly items: readonly unknown[] }>((resolve) => {
    client.on(cid, (items) => resolve({ items }));
  });
  client.notify(cid, method, params);
  const first = await Promise.race([answer, end, silence]);
  clearTimeout(timer);
  if (first === undefined) {
    context.stderr(`offload: sent; nothing came on channel ${cid} in ${timeoutMs} ms\n`);
  } else if ('items' in first) context.stdout((json ? notificationJson : notificationText)(cid, first.items));
  else throw faultOf(first, call, context);
}

async function request(client: LappsClient, call: ServiceCall, context: Context): Promise<void> {
  const { method, params, json, to } = call;
  try {
    const result = await client.request(method, params);
    context.stdout(json ? resultJson(result) : resultText(result));
  } catch (error) {
    if (!(error instanceof LappsClientError)) throw error;
    switch (error.code) {
      case 'LAPPS_CLIENT_ERR_RESPONSE':
        throw faultOf(error, call, context);
      case 'LAPPS_CLIENT_ERR_TIMEOUT':
        throw new OffloadError('OFFLOAD_ERR_TIMEOUT', error.message);
      case 'LAPPS_CLIENT_ERR_CLOSED':
        throw new OffloadError(
          'OFFLOAD_ERR_PROTOCOL',
          `No answer from ${to.url}: it closed the connection with ${error.closeCode}`,
        );
      default:
        throw error;
    }
  }
}

/** The fault to end with; an error object is printed where JSON is asked for. */
function faultOf(end: End, { to, method, json }: ServiceCall, context: Context): OffloadError {
  if (end instanceof LappsClientError) {
    const { rpcCode, message, data } = end;
    if (json) context.stdout(errorJson(rpcCode, message, data));
    return new OffloadError('OFFLOAD_ERR_RESPONSE', `${method} failed with error ${rpcCode}: ${message}`);
  }
  const { closeCode, reason } = end;
  const why = reason === '' ? String(closeCode) : `${closeCode}, "${reason}"`;
  return new OffloadError('OFFLOAD_ERR_PROTOCOL', `${to.url} closed the connection with ${why}`);
}
