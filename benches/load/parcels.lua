-- Prepared bodies of one length, with once.lua. Arguments: a file in which they lie one after the other, the length.
function init(args)
  local size, file = tonumber(args[2]), io.open(args[1], "rb")
  local body = file:read(size)
  while body do
    ready[#ready + 1] = wrk.format("POST", nil, { ["Content-Type"] = "application/octet-stream" }, body)
    body = file:read(size)
  end
  file:close()
end
