import {
  type Action,
  checkVariableName,
  SCOPE_NAMES,
  type Scope,
  type ScopeName,
  SpopError,
  type TypedData,
} from '@offload/spop-codec';

/**
 * A value with a type of its own, or a plain one: `null`, boolean, integer (as INT64), string (as STRING in UTF-8),
 * bytes (as BINARY).
 */
export type VariableValue = TypedData | null | boolean | number | bigint | string | Uint8Array;

const encoder = new TextEncoder();

/**
 * Makes the action that sets `scope.PREFIX.name` (SPOE.txt 3.4); the prefix is HAProxy's.
 * Throws SpopError: SPOP_ERR_NAME unless the name is 1..48 characters of `[A-Za-z0-9_.]`, SPOP_ERR_VALUE for a scope or
 * a value that does not exist. Ranges are checked when the ACK is written; an action that fails there is dropped and
 * reported as `action-dropped`.
 */
export function setVar(scope: ScopeName, name: string, value: VariableValue): Action {
  checkVariableName(name);
  return { type: 'set-var', scope: scopeOf(scope), name, value: typedValue(value) };
}

/** Makes the action that unsets a variable. Throws as `setVar`. */
export function unsetVar(scope: ScopeName, name: string): Action {
  checkVariableName(name);
  return { type: 'unset-var', scope: scopeOf(scope), name };
}

function scopeOf(name: ScopeName): Scope {
  const scope = SCOPE_NAMES.indexOf(name);
  if (scope < 0) {
    const message = `Cannot use scope "${String(name)}": one of ${SCOPE_NAMES.join(', ')} is needed`;
    throw new SpopError('SPOP_ERR_VALUE', message);
  }
  return scope as Scope;
}

function typedValue(value: VariableValue): TypedData {
  switch (typeof value) {
    case 'boolean':
      return { type: 'bool', value };
    case 'number':
    case 'bigint':
      return { type: 'int64', value };
    case 'string':
      return { type: 'string', value: encoder.encode(value) };
    default:
      break;
  }
  if (value === null) return { type: 'null' };
  if (value instanceof Uint8Array) return { type: 'binary', value };
  if (typeof value === 'object' && typeof value.type === 'string') return checkedValue(value);
  throw new SpopError('SPOP_ERR_VALUE', `Cannot use a value of type ${typeof value} for a variable`);
}

/** Text is no bytes, but has a length and would go out as so many zeros. */
function checkedValue(value: TypedData): TypedData {
  if (typeof (value as { readonly value?: unknown }).value === 'string') {
    throw new SpopError(
      'SPOP_ERR_VALUE',
      `Cannot use text for a value of type ${value.type}: bytes or a number are needed`,
    );
  }
  return value;
}
