-- Appends entries to the history of one topic, each id once, and drops what is not to be kept any more.
--
-- KEYS 1 head: a hash of epoch, last (offset), kept (entries), bytes (of them), ids (remembered), since (when the oldest that is kept came)
--      2 log: a stream of the entries that are kept; their ids are OFFSET-1
--      3 ids: the ids that are remembered, by their offsets
-- ARGV 1 epoch and 2 offset of the last place that the caller has seen, or '' and 0; 3 epoch and 4 offset to begin with, if a new epoch begins
--      5 most entries, 6 most bytes, 7 milliseconds that each is kept, 8 milliseconds until the topic is forgotten, 9 ids to remember at least
--      10.. an id and a content for each entry
-- Returns "epoch last", and then each entry's offset, with an r behind it if the entry was there before.
local function text(number)
  return string.format('%.0f', number)
end

local head = redis.call('HMGET', KEYS[1], 'epoch', 'last', 'kept', 'bytes', 'ids', 'since')
local epoch, last = head[1], tonumber(head[2])
local kept, bytes, ids, since = tonumber(head[3]), tonumber(head[4]), tonumber(head[5]), tonumber(head[6])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- Of the three keys one may have been evicted or deleted: then what is left is no history.
local whole = epoch and redis.call('XLEN', KEYS[2]) == kept and redis.call('ZCARD', KEYS[3]) == ids
local behind = epoch and ARGV[1] == epoch and tonumber(ARGV[2]) > last
if not whole or behind then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  last = tonumber(ARGV[4])
  epoch, kept, bytes, ids, since = ARGV[3], 0, 0, 0, now
end

local places = {}
for i = 10, #ARGV, 2 do
  local known = redis.call('ZSCORE', KEYS[3], ARGV[i])
  if known then
    places[#places + 1] = text(tonumber(known)) .. 'r'
  else
    last = last + 1
    redis.call('XADD', KEYS[2], text(last) .. '-1', 'i', ARGV[i], 'b', ARGV[i + 1], 't', text(now))
    redis.call('ZADD', KEYS[3], text(last), ARGV[i])
    since = kept == 0 and now or since
    kept, bytes, ids = kept + 1, bytes + #ARGV[i + 1], ids + 1
    places[#places + 1] = text(last)
  end
end

local count, size, oldest = tonumber(ARGV[5]), tonumber(ARGV[6]), now - tonumber(ARGV[7])
-- Redis does nothing else meanwhile: so of very much that is not to be kept any more, such as under a new policy, the next appends drop the rest.
local left = 1000
local function surplus()
  return left > 0 and kept > 0 and (kept > count or since < oldest or (bytes > size and kept > 1))
end

if surplus() then
  local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
  while surplus() do
    left, kept, bytes = left - 1, kept - 1, bytes - #first[2][4]
    if kept > 0 then
      first = redis.call('XRANGE', KEYS[2], '(' .. first[1], '+', 'COUNT', 1)[1]
      since = tonumber(first[2][6])
    end
  end
  if kept > 0 then
    redis.call('XTRIM', KEYS[2], 'MINID', '=', first[1])
  else
    redis.call('XTRIM', KEYS[2], 'MAXLEN', '=', 0)
    bytes = 0
  end
end

local surplusIds = ids - math.max(kept, tonumber(ARGV[9]))
if surplusIds > 0 then
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, surplusIds - 1)
  ids = ids - surplusIds
end

redis.call('HSET', KEYS[1], 'epoch', epoch, 'last', text(last), 'kept', text(kept), 'bytes', text(bytes), 'ids', text(ids), 'since', text(since))
for i = 1, 3 do
  redis.call('PEXPIRE', KEYS[i], ARGV[8])
end
return epoch .. ' ' .. text(last) .. (#places > 0 and ' ' .. table.concat(places, ' ') or '')
