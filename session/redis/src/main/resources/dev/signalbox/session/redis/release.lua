-- Frees claims whose attempt is still the last; a negative attempt cannot be acknowledged any more.
--
-- KEYS 1 tries, 2 held, 3 free; ARGV offset, attempt, and so on
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], '-' .. ARGV[i + 1])
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('ZADD', KEYS[3], ARGV[i], ARGV[i])
  end
end
return 'OK'
