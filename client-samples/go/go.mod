module fanfare.dev/samples/subscribe

go 1.19
