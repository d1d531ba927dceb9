-- Sets the places of one holder, unless all holders would have too many.
-- KEYS[1] places and serial by holder
-- ARGV[1] holder  ARGV[2] places  ARGV[3] limit, 0 for none  ARGV[4] serial
-- ARGV[5] milliseconds to keep all of it  ARGV[6] the same, where it is empty
-- Returns 1, or 0 and what the others hold.
local places, limit, serial = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local fields = redis.call('HGETALL', KEYS[1])
local old, last, others = 0, -1, 0
local held = {0}
for i = 1, #fields, 2 do
  local n, at = string.match(fields[i + 1], '^(%d+) (%d+)$')
  if fields[i] == ARGV[1] then
    old, last = tonumber(n), tonumber(at)
  elseif n ~= '0' then
    others = others + n
    held[#held + 1] = fields[i]
    held[#held + 1] = fields[i + 1]
  end
end
if last > serial then
  return {1}
end
if limit > 0 and places > old and others + places > limit then
  return held
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f', places, serial))
redis.call('PEXPIRE', KEYS[1], (places + others > 0) and ARGV[5] or ARGV[6])
return {1}
