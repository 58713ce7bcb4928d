import type { HostFunction, HostModule, HostResult, ScriptValue } from '@offload/script-runtime';
import type { LoginCall } from '../../calls.js';
import { readableText } from '../json/text.js';
import type { ModuleContext } from './context.js';
import { failed } from './values.js';

/**
 * `pam_auth:login(service, user, password)` (`lapps.md 3.8`): true or false; `false, text` for arguments that are missing
 * or empty. Who checks is the program's business; without a back end the answer is false, and the log says so.
 */
export function createPamAuthModule({ port }: ModuleContext): HostModule {
  const login = (ask: (call: LoginCall) => HostResult | Promise<HostResult>) => {
    return (...args: ScriptValue[]): HostResult | Promise<HostResult> => {
      const [service, user, password] = args;
      if (args.length !== 3) return failed('Usage: pam_auth:login(service, user, password)');
      if (!isText(service) || !isText(user) || !isText(password)) {
        return failed('service, user and password must be strings that are not empty');
      }
      return ask({
        type: 'login',
        service: readableText(service),
        user: readableText(user),
        password: readableText(password),
      });
    };
  };
  const waiting: HostFunction = login(async (call) => (await port.call(call)) === true);
  waiting.blocking = login((call) => port.callSync(call) === true) as NonNullable<HostFunction['blocking']>;
  return { name: 'pam_auth', style: 'colon', functions: { login: waiting } };
}

function isText(value: ScriptValue): value is string {
  return typeof value === 'string' && value !== '';
}
