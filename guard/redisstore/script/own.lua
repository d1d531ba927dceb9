-- Notes a ticket of an owner, and returns the whole list if it is too long.
-- KEYS[1] tickets that the owner may not have redeemed yet, oldest first
-- ARGV[1] the ticket  ARGV[2] the bound  ARGV[3] milliseconds to keep the list
local length = redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if length <= tonumber(ARGV[2]) then
  return {}
end
return redis.call('LRANGE', KEYS[1], 0, -1)
