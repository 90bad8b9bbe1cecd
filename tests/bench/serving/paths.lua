-- wrk asks the addresses of a file in turn, each thread from another place on, and prints one line of JSON.
-- Arguments behind `--`: the file, the mean pause of a connection in milliseconds, a header "Name: value".
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  requests, pause = {}, tonumber(args[2] or "0")
  local headers = {}
  if args[3] then
    local name, value = args[3]:match("^(.-): (.*)$")
    headers[name] = value
  end
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", line, headers)
  end
  at = math.floor(number * #requests / 2)
  math.randomseed(number + 1)
end

function request()
  at = at % #requests + 1
  return requests[at]
end

-- Pauses are drawn as arrivals at random are; without a pause this function does nothing.
function delay()
  if pause == 0 then return 0 end
  return math.floor(-pause * math.log(1 - math.random()))
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50": %.4f, "p95": %.4f, "p99": %.4f, "max": %.4f, "errors": %d, "bytes": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    summary.bytes))
end
