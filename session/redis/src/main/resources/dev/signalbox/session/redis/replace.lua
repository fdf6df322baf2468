-- Replaces the state of a group if it has the version that was read, and its session exists.
--
-- KEYS 1 heads, 2 the session's groups: name -> "version state"
-- ARGV 1 session, 2 group, 3 version expected (0: none), 4 "version state"
local state = redis.call('HGET', KEYS[2], ARGV[2])
local version = state and string.match(state, '^(%d+) ') or '0'
if version ~= ARGV[3] or redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return '0'
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
return '1'
