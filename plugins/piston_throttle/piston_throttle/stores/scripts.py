"""The steps of ``piston_throttle.algorithms`` in Lua, each of which a Redis server runs as one.

Numbers are doubles there, which hold every microsecond exactly; text is made of them without an exponent. A key
expires some seconds after it matters, so that it is never the server that decides.
"""

from __future__ import annotations

from collections.abc import Mapping

_BEGIN = """
local key = KEYS[1]
local now, limit, span = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local share, burst, cost = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local function whole(number) return string.format('%.0f', number) end
local function milliseconds(wait) return whole(math.ceil(wait / 1000) + 10000) end
"""

_BUCKET = """
local begins = tonumber(redis.call('GET', key) or now)
if begins > now + 2 * burst then begins = now end
begins = math.max(begins, now)
local full = begins + cost * share
local room = now + burst - full
if room < 0 then return {0, math.max(0, math.floor((now + burst - begins) / share)), -room} end
if cost > 0 then redis.call('SET', key, whole(full), 'PX', milliseconds(full - now)) end
local left, wait = math.floor(room / share), span
if left < limit then wait = share - room % share end
return {1, left, wait}
"""

_FIXED = """
local begun, used = now, 0
local held = redis.call('GET', key)
if held then
  local one, other = string.match(held, '(%d+) (%d+)')
  begun, used = tonumber(one), tonumber(other)
end
if now >= begun + span or begun > now + 2 * span then begun, used = now, 0 end
local wait = begun + span - now
if used + cost > limit then return {0, limit - used, wait} end
used = used + cost
if cost > 0 then redis.call('SET', key, whole(begun) .. ' ' .. whole(used), 'PX', milliseconds(wait)) end
return {1, limit - used, wait}
"""

_SLIDING = """
local newest = tonumber(redis.call('LINDEX', key, 0) or now)
if newest > now + 2 * span then
  redis.call('DEL', key)
  newest = now
end
local written = math.max(now, newest)
local oldest = redis.call('LINDEX', key, -1)
while oldest and tonumber(oldest) <= written - span do
  redis.call('RPOP', key)
  oldest = redis.call('LINDEX', key, -1)
end
local used = redis.call('LLEN', key)
local too_many = used + cost - limit
if too_many > 0 then return {0, limit - used, tonumber(redis.call('LINDEX', key, -too_many)) + span - now} end
for _ = 1, cost do redis.call('LPUSH', key, whole(written)) end
if cost > 0 then redis.call('PEXPIRE', key, milliseconds(written + span - now)) end
oldest = redis.call('LINDEX', key, -1)
return {1, limit - used - cost, oldest and tonumber(oldest) + span - now or span}
"""

SCRIPTS: Mapping[str, str] = {"bucket": _BEGIN + _BUCKET, "fixed": _BEGIN + _FIXED, "sliding": _BEGIN + _SLIDING}
