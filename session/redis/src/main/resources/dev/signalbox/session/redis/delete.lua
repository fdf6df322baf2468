-- Forgets a session with its events and groups.
--
-- KEYS 1 heads, 2 ages, 3 names, 4 stream, 5 groups; ARGV 1 session
redis.call('UNLINK', KEYS[4], KEYS[5])
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 'OK'
