import { compileAcl, LappsServerError } from '@offload/lapps-server';

/** What is wrong with an entry of an access list; undefined when it is an address or CIDR. */
export function aclFault(entry: string): string | undefined {
  try {
    compileAcl({ policy: 'deny', exclude: [entry] });
    return undefined;
  } catch (error) {
    if (error instanceof LappsServerError) return error.message;
    throw error;
  }
}
