/** Long enough for a machine with other things to do: Pyodide takes seconds the first time. */
export const SLOW = 120_000;
export const TIMEOUT_MS = 30_000;

/** A service that has every function it needs, and this one. */
export const FULL = (body: string): string => `
import bcast, cws, nap, nljson, offload, ws
def on_start(): pass
def on_disconnect(handler): pass
def on_shutdown(): pass
${body}`;

/** A raw service that answers with what it got. */
export const ECHO = `
import bcast, offload, ws

def on_start():
    bcast.create(5)

def on_message(handler, opcode, message):
    ws.send(handler, type(message).__name__ + " " + str(opcode))
    ws.send(handler, message)
    ws.send(handler, opcode, message)

def on_disconnect(handler):
    print("gone", handler)

def on_shutdown():
    print("bye", offload.service, offload.instance)
`;

/** Runs the method of a request as an expression, or as a coroutine. */
export const CALLS = `
import asyncio, enum, ipaddress
import bcast, mqr, nap, nljson, ws

async def slow(seconds, answer):
    await asyncio.sleep(seconds)
    return answer

async def nap_then(answer):
    await nap.usleep(100)
    await nap.sleep(0.001)
    return answer

async def queue(value):
    q = mqr.create("python")
    waits = asyncio.ensure_future(q.recv())
    await asyncio.sleep(0)
    q.post({"n": value})
    return [await waits, q.try_recv()]

async def tasks():
    q = mqr.create("tasks")
    made = [asyncio.create_task(wait) for wait in (q.recv(), q.recv(), q.recv(), nap.usleep(1))]
    await asyncio.sleep(0)
    for i in range(3):
        q.post(i)
    return await asyncio.gather(*made)

def raised(code):
    try:
        return eval(code, globals())
    except Exception as error:
        return [type(error).__module__ + "." + type(error).__name__, str(error)]

def invalid(message):
    return raised(f"ws.send(1, {message!r})")

async def on_message(handler, kind, message):
    params = message.get("params", [])
    result = globals()[message["method"]](*params)
    if asyncio.iscoroutine(result):
        result = await result
    ws.send(handler, {"cid": 0, "status": 1, "result": [result]})

def on_start(): pass
def on_disconnect(handler): pass
def on_shutdown(): pass

def back(*values): return list(values)
def sets(): return {"tuple": (1, 2), "enum": enum.IntEnum("E", {"A": 7}).A, "bytes": bytearray(b"\\x00\\xff"), "empty": {}, "none": [],
                    7: "key", "big": 2**63 - 1, "float": 1.5, "address": ipaddress.ip_address("::1")}
def fails(): raise ValueError("only this")
`;
