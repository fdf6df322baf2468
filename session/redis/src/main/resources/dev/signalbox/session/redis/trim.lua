-- Removes events older than an instant from the sessions with the oldest ones; a session that has nothing left is forgotten.
--
-- KEYS 1 heads, 2 ages, 3 names
-- ARGV 1 instant, 2 most sessions, 3 most events of each, 4 what streams' names begin with, 5 what the names of groups begin with
-- Returns how many events were removed, and how many sessions were looked at.
local cutoff, most = tonumber(ARGV[1]), tonumber(ARGV[3])
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
local removed = 0

local function first(stream)
  return redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
end

local function forget(session)
  redis.call('DEL', ARGV[4] .. session, ARGV[5] .. session)
  redis.call('HDEL', KEYS[1], session)
  redis.call('ZREM', KEYS[2], session)
  redis.call('ZREM', KEYS[3], session)
end

for _, session in ipairs(due) do
  local stream = ARGV[4] .. session
  local head = redis.call('HGET', KEYS[1], session)
  local oldest = first(stream)
  if oldest then
    local begin = tonumber(string.sub(oldest[1], 3))
    local low = begin
    local high = tonumber(string.sub(redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1][1], 3)) + 1
    while low < high do
      local middle = math.floor((low + high) / 2)
      local event = redis.call('XRANGE', stream, string.format('0-%.0f', middle), '+', 'COUNT', 1)[1]
      if not event or tonumber(event[2][2]) >= cutoff then
        high = middle
      else
        low = tonumber(string.sub(event[1], 3)) + 1
      end
    end
    low = math.min(low, begin + most)
    removed = removed + redis.call('XTRIM', stream, 'MINID', '=', string.format('0-%.0f', low))
    oldest = first(stream)
  end
  if oldest then
    redis.call('ZADD', KEYS[2], oldest[2][2], session)
  elseif head and tonumber(string.match(head, ' (%-?%d+) %x+$')) >= cutoff then
    redis.call('ZADD', KEYS[2], string.match(head, ' (%-?%d+) %x+$'), session)
  else
    forget(session)
  end
end
return {tostring(removed), tostring(#due)}
