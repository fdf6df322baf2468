-- The offset before the first event at or after an instant, by halving: times do not decrease along a stream.
--
-- KEYS 1 heads, 2 stream; ARGV 1 session, 2 instant
local head = redis.call('HGET', KEYS[1], ARGV[1])
if not head then
  return '0'
end
local since = tonumber(ARGV[2])
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local past = tonumber(string.match(head, '^(%d+)')) + 1
local low = first and tonumber(string.sub(first[1], 3)) or past
local high = past
while low < high do
  local middle = math.floor((low + high) / 2)
  local event = redis.call('XRANGE', KEYS[2], string.format('0-%.0f', middle), '+', 'COUNT', 1)[1]
  if not event or tonumber(event[2][2]) >= since then
    high = middle
  else
    low = tonumber(string.sub(event[1], 3)) + 1
  end
end
return string.format('%.0f', low - 1)
