package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

// healthAddress is where Fluent Bit answers with http_server and health_check on.
const healthAddress = "http://127.0.0.1:2020/api/v1/health"

func (a *app) health() *cobra.Command {
	return &cobra.Command{
		Use:   "health [URL]",
		Short: "Ask Fluent Bit whether it is healthy, for the health check of a container without curl",
		Long: `Ask Fluent Bit's HTTP server, by default ` + healthAddress + `.
It needs http_server and health_check on in the section service. Fluent Bit answers 500 when it gave up more chunks than
hc_retry_failure_count and hc_errors_count allow within hc_period; chunks that are tried again do not count. The exit status is 0 for an
answer of 200, else 1.`,
		Example: `  entra-signin health
  entra-signin health http://127.0.0.1:2021/metrics`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			address := healthAddress
			if len(args) > 0 {
				address = args[0]
			}
			if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				return fmt.Errorf("%q is not a URL such as %s", address, healthAddress)
			}
			if err := ask(cmd.Context(), address); err != nil {
				return failure{err}
			}
			if _, err := fmt.Fprintln(a.out, "ok"); err != nil {
				return cannotWrite(err)
			}
			return nil
		},
	}
}

// ask returns nil if a server answers with 200.
func ask(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second) // Docker gives it 5
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	client := http.Client{
		Transport:     &http.Transport{}, // without a proxy of the environment: the server is beside us
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return fmt.Errorf("%s: %w; Fluent Bit needs http_server and health_check on in the section service", address, err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, 1<<20)
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, answer.Status)
	}
	return nil
}
