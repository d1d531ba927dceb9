-- Says which holders have ended.
-- KEYS[1] holders by when they end, in milliseconds  ARGV the holders
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local dead = {}
for i = 1, #ARGV do
  local ends = redis.call('ZSCORE', KEYS[1], ARGV[i])
  dead[i] = (ends and tonumber(ends) > now) and 0 or 1
end
return dead
