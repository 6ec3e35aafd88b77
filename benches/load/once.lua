-- Sends what the next script's `init` puts into `ready`, each once, and ends when all of it was answered.
local ffi = require("ffi")
ffi.cdef [[
  struct bench_time { long seconds; long nanoseconds; };
  int clock_gettime(int clock, struct bench_time *now);
  int getpid(void);
  int kill(int pid, int number);
]]
ready = {}
local at = -1  -- wrk asks once before it starts, to see what a request looks like
local began
finished, taken = 0, 0

local function microseconds()
  local now = ffi.new("struct bench_time")
  ffi.C.clock_gettime(1, now)
  return tonumber(now.seconds) * 1e6 + tonumber(now.nanoseconds) / 1e3
end

function request()
  at = at + 1
  if at == 1 then began = microseconds() end
  -- Past the end a sender keeps still.
  return ready[math.max(at, 1)] or ""
end

function response(status)
  if status == 200 then finished = finished + 1 end
  if finished == #ready then
    taken = microseconds() - began
    ffi.C.kill(ffi.C.getpid(), 2)  -- as Ctrl-C: wrk itself would go on to the end of its time
  end
end
