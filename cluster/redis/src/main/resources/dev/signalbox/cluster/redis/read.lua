-- Reads on in the history of one topic.
--
-- KEYS 1 head, 2 log, 3 ids, as append.lua has them
-- ARGV 1 the offset to read after, 2 most entries, 3 bytes after which no further entry is read
-- Returns the epoch, the offset of the oldest entry that is kept, the topic's last one, and then each entry's offset, id and content; nothing if there is
-- no history.
local head = redis.call('HMGET', KEYS[1], 'epoch', 'last', 'kept', 'ids')
if not head[1]
    or redis.call('XLEN', KEYS[2]) ~= tonumber(head[3])
    or redis.call('ZCARD', KEYS[3]) ~= tonumber(head[4]) then
  return {}
end

local function offset(entry)
  return string.match(entry[1], '^(%d+)')
end

local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local answer = {head[1], oldest and offset(oldest) or string.format('%.0f', tonumber(head[2]) + 1), head[2]}
local after, left, bytes = '(' .. ARGV[1] .. '-1', tonumber(ARGV[2]), 0
while left > 0 and bytes < tonumber(ARGV[3]) do
  local page = redis.call('XRANGE', KEYS[2], after, '+', 'COUNT', math.min(left, 16))
  if #page == 0 then
    break
  end
  for i = 1, #page do
    if bytes < tonumber(ARGV[3]) then
      local entry = page[i]
      answer[#answer + 1] = offset(entry)
      answer[#answer + 1] = entry[2][2]
      answer[#answer + 1] = entry[2][4]
      bytes = bytes + #entry[2][4]
      left = left - 1
      after = '(' .. entry[1]
    end
  end
end
return answer
