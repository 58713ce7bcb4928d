-- Runs one benchmark program and prints the CPU seconds it took behind its own output.
local program = assert(loadfile(arg[1]))
local start = os.clock()
program()
print(string.format("cpu-seconds %.6f", os.clock() - start))
