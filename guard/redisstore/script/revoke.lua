-- Writes a marker; the later times of it and an older one count.
-- KEYS[1] the marker  ARGV[1] ordered at  ARGV[2] expires at, in microseconds
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local at, expires = tonumber(ARGV[1]), tonumber(ARGV[2])
local old = redis.call('GET', KEYS[1])
if old then
  local old_at, old_expires = string.match(old, '^(%-?%d+) (%-?%d+)$')
  at = math.max(at, tonumber(old_at))
  expires = math.max(expires, tonumber(old_expires))
end
local life = math.ceil((expires - now) / 1000)
if life <= 0 then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[1], string.format('%.0f %.0f', at, expires), 'PX', string.format('%.0f', life))
return 1
