-- The code of a sign-in looked up in the whole catalog, as entra_signin does it by default. Returned is a function:
-- find(record) gives description and severity, or nothing for a record without a code.
--
-- What is fast about it: the catalog is two tables keyed by number, so a hit costs two lookups and makes nothing new, and
-- there are only locals on the way.
local descriptions, severities = dofile(os.getenv("ENTRA_BENCH_DIR") .. "/catalog.lua")
local tonumber, type = tonumber, type

local function unknown(code, reason)
    local text = "The catalog has no entry for code " .. code
    if type(reason) == "string" and reason ~= "" then
        return text .. "; the record says: " .. reason
    end
    return text .. "."
end

return function(record)
    local status = record.status
    if type(status) ~= "table" then
        local properties = record.properties
        status = type(properties) == "table" and properties.status
    end
    local code, reason
    if type(status) == "table" then
        code, reason = tonumber(status.errorCode), status.failureReason
    end
    code = code or tonumber(record.resultType)
    if not code then
        return nil
    end
    local description = descriptions[code]
    if description then
        return description, severities[code]
    end
    return unknown(code, reason or record.resultDescription), "unknown"
end
