-- Sends prepared bodies of one length, each once. Arguments: a file in which they lie one after the other, the length.
local ffi = require("ffi")
ffi.cdef [[
  struct bench_time { long seconds; long nanoseconds; };
  int clock_gettime(int clock, struct bench_time *now);
  int getpid(void);
  int kill(int pid, int number);
]]
local ready, at = {}, -1  -- wrk asks once before it starts, to see what a request looks like
local began
finished, taken = 0, 0

local function microseconds()
  local now = ffi.new("struct bench_time")
  ffi.C.clock_gettime(1, now)
  return tonumber(now.seconds) * 1e6 + tonumber(now.nanoseconds) / 1e3
end

function init(args)
  local size, file = tonumber(args[2]), io.open(args[1], "rb")
  local body = file:read(size)
  while body do
    ready[#ready + 1] = wrk.format("POST", nil, { ["Content-Type"] = "application/octet-stream" }, body)
    body = file:read(size)
  end
  file:close()
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
