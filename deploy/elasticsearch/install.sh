#!/bin/sh
# Puts the policy and the templates into Elasticsearch 8.13 or later. Further arguments are for curl.
#
#   install.sh https://es.example.com:9200 -H "Authorization: ApiKey $KEY"
set -eu
url=${1:?usage: install.sh URL [argument of curl ...]}
shift
cd "$(dirname "$0")"
while read -r path file; do
    echo "$path"
    curl --fail-with-body -sS -o /dev/null -X PUT -H 'Content-Type: application/json' --data-binary "@$file" "$@" "$url/$path"
done <<END
_ilm/policy/entra-signin ilm-policy.json
_component_template/entra-signin-record component-record.json
_component_template/entra-signin-flat component-flat.json
_component_template/entra-signin-ecs component-ecs.json
_component_template/entra-signin-settings component-settings.json
_index_template/entra-signin-flat index-template-flat.json
_index_template/entra-signin-ecs index-template-ecs.json
END
