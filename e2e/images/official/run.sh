#!/bin/sh
# run.sh TOKEN API STORE MINUTES ID UI [CACHE…]: exchanges the token, then runs launch and log service concurrently.
trap 'sleep $((SD_TERMINATION_GRACE_PERIOD_SECONDS - 1))' INT TERM
SD_TOKEN=$(/opt/sd/launch --only-fetch-token --token "$1" --api-uri "$2" --build-timeout "$4" "$5")
export SD_TOKEN
/opt/sd/launch --api-uri "$2" --store-uri "$3" --ui-uri "$6" --emitter /sd/emitter --build-timeout "$4" "$5" &
launch=$!
/opt/sd/logservice --emitter /sd/emitter --api-uri "$2" --store-uri "$3" --build "$5" &
wait "$launch" $!
