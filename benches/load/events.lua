-- Prepared events, with once.lua: lines of a file, signature and body parted by a tab. Argument: the file.
function init(args)
  for line in io.lines(args[1]) do
    local signature, body = line:match("^(%x+)\t(.*)$")
    ready[#ready + 1] = wrk.format("POST", nil, {
      ["Content-Type"] = "application/json", ["Panah-Fake-Signature"] = signature,
    }, body)
  end
end
