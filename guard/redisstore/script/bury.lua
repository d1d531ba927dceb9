-- Forgets the places of dead holders that have not changed meanwhile.
-- KEYS[1] places by holder  ARGV holder and places, in turns
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return 1
