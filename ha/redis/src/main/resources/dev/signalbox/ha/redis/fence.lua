-- KEYS[1] the newest epoch. ARGV: epoch. Returns '1' if it is admitted, or '0'. Texts of equal length compare as numbers do.
local newest = redis.call('GET', KEYS[1])
if newest and (#newest > #ARGV[1] or (#newest == #ARGV[1] and newest > ARGV[1])) then
  return '0'
end
redis.call('SET', KEYS[1], ARGV[1])
return '1'
