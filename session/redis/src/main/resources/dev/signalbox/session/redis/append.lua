-- Appends a batch to streams whose ids are 0-<offset>, all of it or nothing, and wakes whoever listens.
--
-- KEYS 1 heads: session -> "last begin at", 2 ages: sessions by the time of their oldest event, 3 the remembered batches of that minute,
--      4.. a stream for each session
-- ARGV 1 batch, 2 at, 3 first offset of an unknown session, 4 most events to keep (0: all), 5 seconds to remember, 6 channel,
--      7 number of sessions, then their names, then for each event: the number of its session, its payload
-- Returns "first at" for each session, in one line: the same when the batch comes again.
local known = redis.call('HGET', KEYS[3], ARGV[1])
if known then
  return known
end

local sessions = tonumber(ARGV[7])
local next, begins, times = {}, {}, {}
local places, news = {}, {}
local id = '%.0f'

for i = 1, sessions do
  local head = redis.call('HGET', KEYS[1], ARGV[7 + i])
  local at = tonumber(ARGV[2])
  if head then
    local last, begin, before = string.match(head, '^(%d+) (%d+) (%-?%d+)$')
    next[i] = tonumber(last) + 1
    begins[i] = begin
    times[i] = math.max(at, tonumber(before))
  else
    -- Where the head is lost and the stream is not, the stream knows.
    local tail = redis.call('XREVRANGE', KEYS[3 + i], '+', '-', 'COUNT', 1)[1]
    next[i] = tail and tonumber(string.sub(tail[1], 3)) + 1 or tonumber(ARGV[3])
    times[i] = tail and math.max(at, tonumber(tail[2][2])) or at
    local first = tail and redis.call('XRANGE', KEYS[3 + i], '-', '+', 'COUNT', 1)[1]
    begins[i] = first and string.sub(first[1], 3) or string.format(id, next[i])
    redis.call('ZADD', KEYS[2], 'NX', string.format(id, tail and tonumber(tail[2][2]) or at), ARGV[7 + i])
  end
  places[i] = string.format('%.0f %.0f', next[i], times[i])
end

for e = 8 + sessions, #ARGV, 2 do
  local i = tonumber(ARGV[e])
  redis.call('XADD', KEYS[3 + i], '0-' .. string.format(id, next[i]), 'a', string.format(id, times[i]), 'p', ARGV[e + 1])
  next[i] = next[i] + 1
end

for i = 1, sessions do
  local last = string.format(id, next[i] - 1)
  redis.call('HSET', KEYS[1], ARGV[7 + i], last .. ' ' .. begins[i] .. string.format(' %.0f', times[i]))
  if ARGV[4] ~= '0' then
    redis.call('XTRIM', KEYS[3 + i], 'MAXLEN', '=', ARGV[4])
  end
  news[i] = last .. ' ' .. ARGV[7 + i]
end

local answer = table.concat(places, ' ')
redis.call('HSET', KEYS[3], ARGV[1], answer)
if redis.call('TTL', KEYS[3]) < 0 then
  redis.call('EXPIRE', KEYS[3], ARGV[5])
end
redis.call('PUBLISH', ARGV[6], table.concat(news, ' '))
return answer
