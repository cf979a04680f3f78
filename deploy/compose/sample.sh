#!/bin/sh
# sample.sh DIR [SECONDS]: writes sign-in records as Microsoft Graph has them into DIR, some every second, for ever or for so many
# seconds. The users and addresses are made up.
set -eu
dir=${1:?usage: sample.sh DIR [SECONDS]}
seconds=${2:-0}
umask 022
n=0 part=0
while [ "$seconds" -eq 0 ] || [ "$n" -lt "$seconds" ]; do
    # A new file every ten minutes; the one before the last is no longer needed.
    if [ $((n % 600)) -eq 0 ]; then
        part=$((part + 1))
        rm -f "$dir/sample-$((part - 2)).json"
    fi
    awk -v now="$(date -u +%Y-%m-%dT%H:%M:%S)" -v n="$n" -v seed="$n$$" '
        function record(user, address, app, code) {
            ids++
            printf "{\"id\":\"sample-%s-%d-%d\",\"createdDateTime\":\"%s.%03dZ\",\"userPrincipalName\":\"%s@contoso.com\",\"appDisplayName\":\"%s\",", seed, n, ids, now, ids, user, app
            printf "\"ipAddress\":\"%s\",\"clientAppUsed\":\"Browser\",\"isInteractive\":true,\"status\":{\"errorCode\":%d}}\n", address, code
        }
        function any(list, parts) { return parts[1 + int(rand() * split(list, parts, " "))] }
        BEGIN {
            srand(seed)
            users = "ana bo carla dev erik fay gus hana ivo jun kim lea max nia omar pia"
            apps = "Portal Mail Teams CRM VPN"
            # What a normal day has: mostly success, some typing errors and prompts, now and then a policy or a risk.
            codes = "0 0 0 0 0 0 0 0 0 0 0 0 50126 50126 50074 50076 50140 65001 700016"
            for (i = 0; i < 3; i++)
                record(any(users), "198.51.100." (1 + int(rand() * 20)), any(apps), any(codes))
            if (n % 20 == 7) record(any(users), "198.51.100.9", any(apps), 53003)
            if (n % 60 == 10) record(any(users), "203.0.113.9", "Portal", 530032)
            if (n % 90 == 11) record(any(users), "198.51.100.3", "CRM", 7999999)
            # A password spray: a wrong password for many accounts, and one that is right.
            if (n % 120 == 3) {
                for (i = 1; i <= 15; i++)
                    record("user" i, "203.0.113.66", "Mail", i % 5 ? 50126 : 50034)
                record("user7", "203.0.113.66", "Mail", 53003)
            }
            # Prompts that are refused until the user gives in.
            if (n % 300 == 5)
                for (i = 1; i <= 4; i++)
                    record("tired", "203.0.113.67", "VPN", 500121)
            if (n % 300 == 6) record("tired", "203.0.113.67", "VPN", 0)
        }' >>"$dir/sample-$part.json"
    n=$((n + 1))
    sleep 1
done
