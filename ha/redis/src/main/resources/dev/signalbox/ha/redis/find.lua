-- KEYS[1] the lease. Returns {epoch, owner, microseconds left}, or nothing.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local lease = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'until')
if not lease[1] or lease[1] == '' or tonumber(lease[3]) <= now then
  return {}
end
return {lease[2], lease[1], string.format('%.0f', tonumber(lease[3]) - now)}
