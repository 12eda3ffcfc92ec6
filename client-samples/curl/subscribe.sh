#!/bin/sh
# subscribe.sh [URL] [CHANNEL] [FILE]: prints the data of each event in a line, with curl and nothing else. The cursor
# is kept in FILE: whoever starts it again with the same FILE goes on where it stopped.
url=${1:-http://localhost:8080} channel=${2:-orders.*} file=${3:-}
[ -n "$file" ] || { file=$(mktemp) && trap 'rm -f "$file"' EXIT && trap 'exit 1' INT TERM; }

# reads a stream, block by block
take() {
  id='' event='' data='' retry=1000
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      'id: '*) id=${line#id: } ;;
      'event: '*) event=${line#event: } ;;
      'data: '*) data=${data:+$data }${line#data: } ;;
      'retry: '*) retry=${line#retry: } ;;
      '')
        case $event in
          ready) echo "live: $data" >&2 ;;
          gap) printf '%s\n' "$data" | sed 's/.*"reason":"\([a-z-]*\)".*/gap: \1, &/' ;; # here: read the state anew
          '') [ -z "$data" ] || printf '%s\n' "$data" ;;
          *) echo "$event: $data" >&2 ;;
        esac
        # after the event: killed in between, it comes once more
        [ -z "$id" ] || printf '%s\n' "$id" >"$file"
        id='' event='' data=''
        ;;
      '{'*) echo "$line" >&2 && exit 2 ;; # refused, and asking again is of no use
    esac
  done
  sleep "$(awk "BEGIN { srand(); print $retry / 1000 * (0.5 + rand() / 2) }")"
}

while :; do
  cursor=$(cat "$file" 2>/dev/null)
  curl -sN --keepalive-time 15 -H 'Accept: text/event-stream' --get "$url/v1/events" \
    --data-urlencode "channel=$channel" ${cursor:+--data-urlencode "cursor=$cursor"} | take || exit
done
