-- Keeps a holder alive, and says whether it has been until now.
-- KEYS[1] holders by when they end, in milliseconds
-- ARGV[1] holder  ARGV[2] milliseconds from now, 0 to end
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
local kept = ends and tonumber(ends) > now
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if tonumber(ARGV[2]) > 0 then
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return kept and 1 or 0
