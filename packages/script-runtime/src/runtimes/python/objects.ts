import { HostError, type HostFunction, HostObject, type HostObjectClass, type ScriptValue } from '../../value.js';
import { Handle } from './wire.js';

/** A method of a class in an answer: crosses as a handle of its own kind. */
export class MethodHandle {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

/** Objects of the host that an interpreter holds, by number, as often as they were sent. */
export class ObjectHandles {
  private readonly numbers = new Map<HostObject, number>();
  private readonly objects = new Map<number, { readonly object: HostObject; sent: number }>();
  private readonly classes = new Map<HostObjectClass, number>();
  private next = 1;

  /** Real and imaginary part of the handle. */
  send(object: HostObject): { readonly kind: number; readonly number: number } {
    let kind = this.classes.get(object.class);
    if (kind === undefined) this.classes.set(object.class, (kind = Handle.FirstObjectClass + this.classes.size));
    let number = this.numbers.get(object);
    if (number === undefined) {
      number = this.next++;
      this.numbers.set(object, number);
      this.objects.set(number, { object, sent: 0 });
    }
    (this.objects.get(number) as { sent: number }).sent++;
    return { kind, number };
  }

  get(number: number): HostObject {
    const entry = this.objects.get(number);
    if (entry === undefined) throw new HostError(`object ${number} is gone`);
    return entry.object;
  }

  /** The interpreter has lost the object it received `count` times. */
  free(number: number, count: number): void {
    const entry = this.objects.get(number);
    if (entry === undefined) return;
    entry.sent -= count;
    if (entry.sent > 0) return;
    this.objects.delete(number);
    this.numbers.delete(entry.object);
  }

  clear(): void {
    this.numbers.clear();
    this.objects.clear();
  }
}

/** The functions behind `HostObject` of the interpreter, in the order of `ObjectFunction`. */
export function objectFunctions(methodNumber: (fn: HostFunction) => number): HostFunction[] {
  const self = (value: ScriptValue): HostObject => {
    if (value instanceof HostObject) return value;
    throw new HostError('object of the host expected');
  };
  const without = (object: HostObject, what: string): HostError => new HostError(`${object.class.name} has no ${what}`);
  return [
    (value, key) => {
      const object = self(value);
      const methods = object.class.methods;
      if (typeof key === 'string' && methods !== undefined && Object.hasOwn(methods, key)) {
        return new MethodHandle(methodNumber(methods[key] as HostFunction)) as unknown as ScriptValue;
      }
      return object.class.index?.(object.value, key) ?? null;
    },
    (value, key, item) => {
      const object = self(value);
      if (object.class.newIndex === undefined) throw new HostError(`attempt to change a ${object.class.name}`);
      object.class.newIndex(object.value, key, item);
    },
    (value) => self(value).class.toText?.(self(value).value) ?? `<${self(value).class.name}>`,
    (value) => {
      const object = self(value);
      if (object.class.length === undefined) throw without(object, 'length');
      return object.class.length(object.value);
    },
    (a, b) => {
      const [one, other] = [self(a), self(b)];
      return one === other || (one.class === other.class && (one.class.equals?.(one.value, other.value) ?? false));
    },
    (value) => {
      const object = self(value);
      if (object.class.entries === undefined) throw without(object, 'entries');
      return [...object.class.entries(object.value)].map((pair) => [...pair]);
    },
  ];
}
