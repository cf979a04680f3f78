-- A JSON decoder for text known to be well-formed enough: what is not JSON raises an error or yields nil. Returned is a
-- function: decode(text) gives the value.
--
-- What is fast about it, under LuaJIT: ends of strings are looked for with a plain find, which is compiled and ends in
-- memchr, instead of a byte a step; strings without a backslash are one sub; a digit is told from its byte, without
-- patterns, which are not compiled.
local byte, char, find, floor, gsub, sub, tonumber = string.byte, string.char, string.find, math.floor, string.gsub, string.sub, tonumber

local function utf8(n)
    if n < 0x80 then
        return char(n)
    elseif n < 0x800 then
        return char(0xc0 + floor(n / 0x40), 0x80 + n % 0x40)
    elseif n < 0x10000 then
        return char(0xe0 + floor(n / 0x1000), 0x80 + floor(n / 0x40) % 0x40, 0x80 + n % 0x40)
    end
    return char(0xf0 + floor(n / 0x40000), 0x80 + floor(n / 0x1000) % 0x40, 0x80 + floor(n / 0x40) % 0x40, 0x80 + n % 0x40)
end

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

-- unescape is for the few strings with a backslash.
local function unescape(text)
    local parts, n, from = {}, 0, 1
    while true do
        local at = find(text, "\\", from, true)
        if not at then
            break
        end
        local part
        local next = at + 2
        local letter = sub(text, at + 1, at + 1)
        if letter == "u" then
            local code = tonumber(sub(text, at + 2, at + 5), 16)
            next = at + 6
            if code >= 0xd800 and code < 0xdc00 and sub(text, next, next + 1) == "\\u" then
                code = 0x10000 + (code - 0xd800) * 0x400 + tonumber(sub(text, next + 2, next + 5), 16) - 0xdc00
                next = next + 6
            end
            part = utf8(code)
        else
            part = escapes[letter]
        end
        parts[n + 1], parts[n + 2], n, from = sub(text, from, at - 1), part, n + 2, next
    end
    parts[n + 1] = sub(text, from)
    return table.concat(parts)
end

-- read_string reads the string that begins at i, behind its quote.
local function read_string(text, i)
    local j = find(text, '"', i, true)
    if byte(text, j - 1) ~= 92 then
        return sub(text, i, j - 1), j + 1
    end
    while true do
        local k = j - 1
        while byte(text, k) == 92 do
            k = k - 1
        end
        if (j - k) % 2 == 1 then -- an even number of backslashes: the quote is the end
            return unescape(sub(text, i, j - 1)), j + 1
        end
        j = find(text, '"', j + 1, true)
    end
end

local function skip_space(text, i)
    local c = byte(text, i)
    while c == 32 or c == 10 or c == 13 or c == 9 do
        i = i + 1
        c = byte(text, i)
    end
    return i, c
end

local read

local function read_object(text, i)
    local object, c, key, value = {}, nil, nil, nil
    i, c = skip_space(text, i)
    while c == 34 do
        key, i = read_string(text, i + 1)
        i = skip_space(text, i)
        value, i = read(text, i + 1)
        object[key] = value
        i, c = skip_space(text, i)
        if c == 44 then
            i, c = skip_space(text, i + 1)
        end
    end
    return object, i + 1
end

local function read_array(text, i)
    local array, n, c = {}, 0, nil
    i, c = skip_space(text, i)
    while c and c ~= 93 do
        n = n + 1
        array[n], i = read(text, i)
        i, c = skip_space(text, i)
        if c == 44 then
            i, c = skip_space(text, i + 1)
        end
    end
    return array, i + 1
end

local function read_number(text, i, c)
    local from = i
    while c and (c >= 48 and c <= 57 or c == 45 or c == 46 or c == 43 or c == 101 or c == 69) do
        i = i + 1
        c = byte(text, i)
    end
    return tonumber(sub(text, from, i - 1)), i
end

function read(text, i)
    local c
    i, c = skip_space(text, i)
    if c == 34 then
        return read_string(text, i + 1)
    elseif c == 123 then
        return read_object(text, i + 1)
    elseif c == 91 then
        return read_array(text, i + 1)
    elseif c == 116 then
        return true, i + 4
    elseif c == 102 then
        return false, i + 5
    elseif c == 110 then
        return nil, i + 4
    end
    return read_number(text, i, c)
end

return function(text)
    return (read(text, 1))
end
