-- Notes a ticket of an owner, and returns the oldest beyond the bound.
-- KEYS[1] the owner's unredeemed tickets, oldest first
-- ARGV[1] the ticket  ARGV[2] the bound  ARGV[3] milliseconds to keep the list
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local excess = redis.call('LLEN', KEYS[1]) - tonumber(ARGV[2])
if excess <= 0 then
  return {}
end
return redis.call('LPOP', KEYS[1], excess)
