-- Takes events of a rate by the generic cell rate algorithm.
-- KEYS[1] until when the rate is used up, in microseconds
-- ARGV[1] microseconds for one event  ARGV[2] how far ahead it may be used
-- ARGV[3] how many to take at most
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local interval = tonumber(ARGV[1])
local used = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local ahead = now + tonumber(ARGV[2]) - used
if ahead < 0 then
  return {0, -ahead}
end
local events = math.min(tonumber(ARGV[3]), math.floor(ahead / interval) + 1)
used = used + events * interval
redis.call('SET', KEYS[1], string.format('%.0f', used), 'PX', string.format('%.0f', math.ceil((used - now) / 1000)))
return {events, 0}
