-- Appends a batch to streams whose ids are 0-<offset>, all of it or nothing, and wakes those who listen.
--
-- KEYS 1 heads: session -> "last begin at batch", 2 ages: sessions by the time of their oldest event, 3 names: sessions in order,
--      4 the remembered batch, 5.. a stream for each session
-- ARGV 1 batch, 2 at, 3 first offset of an unknown session, 4 most events to keep (0: all), 5 seconds to remember, 6 channel,
--      7 last offset to expect of the first session, and its batch if known (empty: any), 8 number of sessions, then their names, then for each event: the number
--      of its session, its headers, its payload
-- Returns "first at previous-batch" for each session, in one line: the same when the batch comes again; or "conflict last batch".
local known = redis.call('GET', KEYS[4])
if known then
  return known
end

local sessions = tonumber(ARGV[8])
local next, begins, times, new = {}, {}, {}, {}
local heads, places, news, stamps, lasts = {}, {}, {}, {}, {}
local format, call = string.format, redis.call
-- %.0f is slow, and %d right only where the interpreter's whole numbers have 64 bits.
local id = format('%d', 2 ^ 52) == '4503599627370496' and '%d' or '%.0f'
local nobody = string.rep('0', 32)
-- A call costs more than what it does here, so heads are read and written many at a time. Even, for they are written in pairs; some
-- thousands at once would not fit on Lua's stack.
local many = 1000

for from = 1, sessions, many do
  local to = math.min(from + many - 1, sessions)
  local some = call('HMGET', KEYS[1], unpack(ARGV, 8 + from, 8 + to))
  for i = from, to do
    heads[i] = some[i - from + 1]
  end
end

for i = 1, sessions do
  local head = heads[i]
  local at = tonumber(ARGV[2])
  local previous = nobody
  if head then
    local last, begin, before, batch = string.match(head, '^(%d+) (%d+) (%-?%d+) (%x+)$')
    next[i] = tonumber(last) + 1
    begins[i] = begin
    times[i] = math.max(at, tonumber(before))
    previous = batch
  else
    -- Where the head is lost and the stream is not, the stream knows.
    local tail = call('XREVRANGE', KEYS[4 + i], '+', '-', 'COUNT', 1)[1]
    local first = tail and call('XRANGE', KEYS[4 + i], '-', '+', 'COUNT', 1)[1]
    next[i] = tail and tonumber(string.sub(tail[1], 3)) + 1 or tonumber(ARGV[3])
    times[i] = tail and math.max(at, tonumber(tail[2][2])) or at
    begins[i] = first and string.sub(first[1], 3) or format(id, next[i])
    previous = tail and tail[2][4] or nobody
    new[i] = format(id, tail and tonumber(tail[2][2]) or at)
  end
  if i == 1 and ARGV[7] ~= '' then
    local exists = head or call('EXISTS', KEYS[5]) == 1
    local last = exists and next[1] - 1 or 0
    local expected, batch = string.match(ARGV[7], '^(%d+) ?(%x*)$')
    if last ~= tonumber(expected) or batch ~= '' and batch ~= previous then
      return 'conflict ' .. format(id, last) .. ' ' .. previous
    end
  end
  stamps[i] = format(id, times[i])
  places[i] = format(id, next[i]) .. ' ' .. stamps[i] .. ' ' .. previous
end

for i = 1, sessions do
  if new[i] then
    call('ZADD', KEYS[2], 'NX', new[i], ARGV[8 + i])
    call('ZADD', KEYS[3], 0, ARGV[8 + i])
  end
end

for e = 9 + sessions, #ARGV, 3 do
  local i = tonumber(ARGV[e])
  lasts[i] = format(id, next[i])
  call('XADD', KEYS[4 + i], '0-' .. lasts[i],
    'a', stamps[i], 'b', ARGV[1], 'h', ARGV[e + 1], 'p', ARGV[e + 2])
  next[i] = next[i] + 1
end

local changed = {}
for i = 1, sessions do
  local last = lasts[i]
  changed[2 * i - 1] = ARGV[8 + i]
  changed[2 * i] = last .. ' ' .. begins[i] .. ' ' .. stamps[i] .. ' ' .. ARGV[1]
  if ARGV[4] ~= '0' then
    call('XTRIM', KEYS[4 + i], 'MAXLEN', '=', ARGV[4])
  end
  news[i] = last .. ' ' .. ARGV[8 + i]
end
for from = 1, #changed, many do
  call('HSET', KEYS[1], unpack(changed, from, math.min(from + many - 1, #changed)))
end

local answer = table.concat(places, ' ')
call('SET', KEYS[4], answer, 'EX', ARGV[5])
call('PUBLISH', ARGV[6], table.concat(news, ' '))
return answer
