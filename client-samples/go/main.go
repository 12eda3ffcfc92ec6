// subscribe [URL] [CHANNEL]: prints each event in a line. The standard library, Go 1.19 or later, nothing else.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const heartbeat = 15 * time.Second

// Message is an event, or a notice, which has a Type.
type Message struct {
	Type, ID, Cursor, Channel, Reason, Topic string
	Partition                                int
	From, To                                 json.RawMessage
	Data                                     json.RawMessage
}

var errRefused = errors.New("refused")

// subscribe hands on what comes, without end. Whatever breaks, it goes on after the last cursor. What the gateway
// refuses for good is returned.
func subscribe(base, channel, cursor string, take func(Message)) error {
	for failures := 0; ; {
		delay := time.Duration(-1)
		err := stream(base, channel, &cursor, &delay, func(message Message) {
			failures = 0
			take(message)
		})
		if errors.Is(err, errRefused) {
			return err
		}
		if err != nil || delay < 0 { // cut, not ended: full jitter, so that clients do not come back together
			delay = time.Duration(rand.Float64() * float64(min(20*time.Second, 500*time.Millisecond<<failures)))
			if failures < 10 {
				failures++
			}
		}
		time.Sleep(delay)
	}
}

// stream reads one connection to its end.
func stream(base, channel string, cursor *string, delay *time.Duration, take func(Message)) error {
	query := url.Values{"channel": {channel}, "format": {"json"}, "heartbeat": {heartbeat.String()}}
	if *cursor != "" {
		query.Set("cursor", *cursor)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	silence := time.AfterFunc(2*heartbeat, cancel) // after so long the connection is dead
	defer silence.Stop()
	request, err := http.NewRequestWithContext(ctx, "GET", base+"/v1/events?"+query.Encode(), nil)
	if err != nil {
		return fmt.Errorf("%w: %v", errRefused, err)
	}
	request.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(answer.Body)
		if answer.StatusCode < 500 && answer.Header.Get("Content-Type") == "application/problem+json" {
			return fmt.Errorf("%w: %s", errRefused, body)
		}
		return errors.New(answer.Status)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 4<<20)
	var id, data string
	for lines.Scan() {
		silence.Reset(2 * heartbeat)
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case name == "id":
			id = value
		case name == "data":
			data += value
		case name == "retry":
			if ms, err := strconv.Atoi(value); err == nil {
				*delay = time.Duration(ms) * time.Millisecond
			}
		case lines.Text() == "": // the end of a block
			if data != "" {
				var message Message
				if err := json.Unmarshal([]byte(data), &message); err != nil {
					return err
				}
				take(message)
			}
			if id != "" {
				*cursor = id
			}
			id, data = "", ""
		}
	}
	return lines.Err()
}

func min(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

func main() {
	rand.Seed(time.Now().UnixNano()) // Go 1.20 does it by itself
	base, channel := "http://localhost:8080", "orders.*"
	if len(os.Args) > 1 {
		base = os.Args[1]
	}
	if len(os.Args) > 2 {
		channel = os.Args[2]
	}
	err := subscribe(base, channel, "", func(message Message) {
		switch message.Type {
		case "":
			fmt.Println(message.Channel, string(message.Data))
		case "gap": // here an app reads its state anew
			fmt.Printf("gap: %s, %s/%d from %s to %s\n",
				message.Reason, message.Topic, message.Partition, message.From, message.To)
		case "ready":
			fmt.Fprintln(os.Stderr, "live")
		}
	})
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
