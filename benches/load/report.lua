-- Joined before each load (benches/load/__init__.py): at its end one line that Python reads, times in microseconds.
local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function done(summary, latency)
  local e = summary.errors
  local finished = threads[1]:get("finished") or summary.requests
  local taken = threads[1]:get("taken") or summary.duration
  io.write(string.format(
    "\nresult requests=%d finished=%d duration=%d p50=%d p99=%d errors=%d\n",
    summary.requests, finished, taken, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.timeout + e.status))
end
