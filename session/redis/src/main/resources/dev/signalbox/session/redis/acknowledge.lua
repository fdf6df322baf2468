-- Ends claims whose attempt is still the last, and tells which.
--
-- KEYS 1 tries, 2 held, 3 free; ARGV offset, attempt, and so on
local done = {}
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[3], ARGV[i])
    table.insert(done, ARGV[i])
  end
end
return done
