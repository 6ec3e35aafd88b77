-- Orders over pretix's API, one product each. Arguments: token, number of the product.
function init(args)
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Token " .. args[1]
  wrk.headers["Accept"] = "application/json"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = string.format(
    '{"email":"giver@example.org","locale":"en","sales_channel":"web","payment_provider":"banktransfer",'
    .. '"positions":[{"item":%s,"price":"25.00"}]}', args[2])
  ready = wrk.format()
end

function request()
  return ready
end
