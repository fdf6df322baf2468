-- Gives a member of a group what to work on next: released and expired events first, oldest first, then fresh ones.
--
-- KEYS 1 heads, 2 stream, 3 the session's groups, 4 tries: offset -> attempt (negative: released), and the group's position,
--      5 held: offsets by the end of their lease, 6 free: offsets by themselves
-- ARGV 1 session, 2 group, 3 start after, 4 most, 5 now, 6 until, 7 most leases to look at
-- Returns the position before, then for each event: offset, attempt, at, payload.
local start = ARGV[3]
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return {start}
end
local position = redis.call('HGET', KEYS[4], 'position')
if not position then
  position = start
  redis.call('HSET', KEYS[4], 'position', start)
  redis.call('SADD', KEYS[3], ARGV[2])
end

for _, offset in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', ARGV[5], 'LIMIT', 0, ARGV[7])) do
  redis.call('ZREM', KEYS[5], offset)
  redis.call('ZADD', KEYS[6], offset, offset)
end

local claims = {position}
local left = tonumber(ARGV[4])

local function give(offset, attempt, event)
  redis.call('HSET', KEYS[4], offset, attempt)
  redis.call('ZADD', KEYS[5], ARGV[6], offset)
  for _, part in ipairs({offset, tostring(attempt), event[2][2], event[2][4]}) do
    table.insert(claims, part)
  end
  left = left - 1
end

while left > 0 do
  local offset = redis.call('ZRANGE', KEYS[6], 0, 0)[1]
  if not offset then
    break
  end
  redis.call('ZREM', KEYS[6], offset)
  local event = redis.call('XRANGE', KEYS[2], '0-' .. offset, '0-' .. offset)[1]
  if event then
    give(offset, math.abs(tonumber(redis.call('HGET', KEYS[4], offset))) + 1, event)
  else
    redis.call('HDEL', KEYS[4], offset)
  end
end

if left > 0 then
  local last = nil
  for _, event in ipairs(redis.call('XRANGE', KEYS[2], '(0-' .. position, '+', 'COUNT', left)) do
    last = string.sub(event[1], 3)
    give(last, 1, event)
  end
  if last then
    redis.call('HSET', KEYS[4], 'position', last)
  end
end
return claims
