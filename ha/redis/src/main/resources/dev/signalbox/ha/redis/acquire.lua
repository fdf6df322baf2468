-- KEYS[1] the lease. ARGV: owner, time to live in microseconds.
-- Returns {1, epoch}, or {0, epoch, owner, microseconds left}. Numbers as text: Lua's have 53 bits, and so must epochs.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local lease = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'until')
local held = lease[1] and lease[1] ~= '' and tonumber(lease[3]) > now
if held and lease[1] ~= ARGV[1] then
  return {'0', lease[2], lease[1], string.format('%.0f', tonumber(lease[3]) - now)}
end
-- Not less than the time: a server that lost its data gives newer epochs all the same.
local epoch = math.max(now, tonumber(lease[2] or '0') + 1)
local text = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', text, 'until', string.format('%.0f', now + tonumber(ARGV[2])))
redis.call('PUBLISH', KEYS[1], '')
return {'1', text}
