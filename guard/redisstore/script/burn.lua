-- Forgets a ticket, unless it was taken: that is remembered.
-- KEYS[1] the ticket
if redis.call('STRLEN', KEYS[1]) == 0 then
  return 0
end
return redis.call('DEL', KEYS[1])
