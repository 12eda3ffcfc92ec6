// WEBHOOK_SECRET=whsec_… receiver [PORT] [FOLDER]: receives webhooks on this machine's PORT (3000). FOLDER (inbox) has a
// file for each event: named after its webhook-id, with its body until it is handled, empty afterwards. One process to
// a folder; Go 1.21 or later on Linux or macOS.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	bodyMax = 512 << 10 // an event has 256 KiB, and a third more as base64 in a structured body
	again   = 5 * time.Second
	kept    = 4 * 24 * time.Hour // longer than a dispatcher tries, so that no attempt of it is new
)

var (
	waitingMax = 10_000
	workTime   time.Duration
)

// handle is what your app does with an event. It comes again if this fails, or if the process dies meanwhile.
func handle(id string, body []byte) error {
	time.Sleep(workTime) // work is slow: see that the answers are not
	fmt.Printf("handled %s, %d bytes: %.200s\n", id, len(body), body)
	return nil
}

// inbox keeps events until they are handled, and their ids for as long as they may come again.
type inbox struct {
	folder  string
	room    chan struct{} // has a place for each event that is not handled yet
	waiting chan string   // names of files, never more than there are places
}

func openInbox(folder string) (*inbox, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var left []fs.FileInfo
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		if strings.Contains(info.Name(), ".") { // was never answered
			if err := os.Remove(filepath.Join(folder, info.Name())); err != nil {
				return nil, err
			}
		} else if info.Size() > 0 {
			left = append(left, info)
		}
	}
	sort.Slice(left, func(a, b int) bool { return left[a].ModTime().Before(left[b].ModTime()) })
	places := waitingMax + len(left)
	inbox := &inbox{folder, make(chan struct{}, places), make(chan string, places)}
	for _, info := range left {
		inbox.room <- struct{}{}
		inbox.waiting <- info.Name()
	}
	return inbox, nil
}

var errFull = errors.New("too many events wait")

// accept returns when the event is safe.
func (inbox *inbox) accept(id string, body []byte) (err error) {
	select {
	case inbox.room <- struct{}{}:
	default:
		return errFull
	}
	enqueued := false
	defer func() {
		if !enqueued {
			<-inbox.room
		}
	}()
	sum := sha256.Sum256([]byte(id))
	name := hex.EncodeToString(sum[:])
	draft, err := os.CreateTemp(inbox.folder, name+".*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(append([]byte(id+"\n"), body...))
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	err = os.Link(draft.Name(), filepath.Join(inbox.folder, name)) // of several at once only one succeeds
	known := errors.Is(err, fs.ErrExist)
	if err != nil && !known {
		return err
	}
	entries, err := os.Open(inbox.folder)
	if err != nil {
		return err
	}
	if !known {
		inbox.waiting <- name
		enqueued = true
	}
	return errors.Join(entries.Sync(), entries.Close())
}

// work handles one event after the other, in the order of their arrival.
func (inbox *inbox) work(ctx context.Context) {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	inbox.forget()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done(): // the files of those that wait are there when we start again
		case <-hourly.C:
			inbox.forget()
		case name := <-inbox.waiting:
			if ctx.Err() != nil {
				return
			}
			if err := inbox.workOn(name); err != nil {
				log.Println("comes again:", err)
				time.AfterFunc(again, func() { inbox.waiting <- name })
			} else {
				<-inbox.room
			}
		}
	}
}

func (inbox *inbox) workOn(name string) error {
	path := filepath.Join(inbox.folder, name)
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	id, body, _ := bytes.Cut(content, []byte("\n"))
	if err := handle(string(id), body); err != nil {
		return err
	}
	return os.Truncate(path, 0)
}

func (inbox *inbox) forget() {
	entries, err := os.ReadDir(inbox.folder)
	if err != nil {
		log.Println("cannot forget:", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && info.Size() == 0 && time.Since(info.ModTime()) > kept && !strings.Contains(info.Name(), ".") {
			os.Remove(filepath.Join(inbox.folder, info.Name()))
		}
	}
}

// receiver answers once the event is safe; the work comes after.
func receiver(webhook *standardwebhooks.Webhook, inbox *inbox) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		// the bytes as they came: that is what is signed
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		if err == nil {
			err = webhook.Verify(body, r.Header)
		}
		if err != nil {
			log.Println("refused:", err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		switch err := inbox.accept(r.Header.Get("webhook-id"), body); {
		case errors.Is(err, errFull): // the dispatcher comes again
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusServiceUnavailable)
		case err != nil:
			log.Println("not accepted:", err)
			w.WriteHeader(http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}
}

func run(port, folder string) error {
	secret := os.Getenv("WEBHOOK_SECRET")
	if secret == "" {
		return errors.New("WEBHOOK_SECRET is not set")
	}
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return errors.New("WEBHOOK_SECRET is not whsec_ and base64")
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	inbox, err := openInbox(folder)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		inbox.work(ctx)
	}()
	server := &http.Server{Handler: receiver(webhook, inbox), ReadTimeout: 30 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(os.Stderr, "receiving on http://%s\n", listener.Addr())
	select {
	case err = <-served:
		cancel()
	case <-ctx.Done():
		err = server.Shutdown(context.Background()) // waits for the requests that are being answered
	}
	<-worked // and for the event that is being handled
	return err
}

func main() {
	port, folder := "3000", "inbox"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	if len(os.Args) > 2 {
		folder = os.Args[2]
	}
	if most, err := strconv.Atoi(os.Getenv("WAITING_MAX")); err == nil {
		waitingMax = most
	}
	if millis, err := strconv.Atoi(os.Getenv("WORK_MILLIS")); err == nil {
		workTime = time.Duration(millis) * time.Millisecond
	}
	if err := run(port, folder); err != nil {
		log.Fatal(err)
	}
}
