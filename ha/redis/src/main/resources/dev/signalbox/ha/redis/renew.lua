-- KEYS[1] the lease. ARGV: owner, epoch, time to live in microseconds; zero ends the lease. Returns '1' or '0'.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local lease = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'until')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] or tonumber(lease[3]) <= now then
  return '0'
end
if ARGV[3] == '0' then
  redis.call('HSET', KEYS[1], 'owner', '', 'until', '0')
  redis.call('PUBLISH', KEYS[1], '')
else
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + tonumber(ARGV[3])))
end
return '1'
