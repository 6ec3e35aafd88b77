-- Givers without script: the form, the promise, the receipt with the code that the form showed. One path is done when its
-- receipt came. Arguments: form path, receipt path, rail. Requests on the way are dropped at the end.
local form, receipt, rail
local promises, receipts = {}, {}
local kind = { ["Content-Type"] = "application/x-www-form-urlencoded" }
finished, strange = 0, 0

function init(args)
  form, receipt, rail = args[1], args[2], args[3]
end

function request()
  local code = table.remove(receipts)
  if code then return wrk.format("POST", receipt, kind, "code=" .. code) end
  local promise = table.remove(promises)
  if promise then
    return wrk.format("POST", form, kind,
      "gift=" .. promise[1] .. "&rc=&amount=25&rail=" .. rail .. "&code=" .. promise[2])
  end
  return wrk.format("GET", form)
end

function response(status, headers, body)
  local code = body:match('name="code" value="(%d+)"')
  if status ~= 200 then
    strange = strange + 1
  elseif body:find('id="amount"', 1, true) then
    promises[#promises + 1] = { body:match('name="gift" value="(%x+)"'), code }
  elseif body:find('name="file"', 1, true) then
    finished = finished + 1
  else
    receipts[#receipts + 1] = code or body:match('class="code%-shown"[^>]*>([%d ]+)<'):gsub(" ", "")
  end
end
