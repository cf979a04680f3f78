package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fluent-bit-entra-signin/test/host"
)

// said are the lines that the plugin is known to log, by a text in them. A line of level error that is not among them, or
// one that speaks of a fault, is a finding.
var said = []string{
	"damaged chunk", "catalog not reloaded", "records are left for a retry", "are refused for good", "option Catalog: ",
}

// listen reads the host's log.
func (s *soak) listen() {
	for s.wait(500 * time.Millisecond) {
		if err := s.hear(s.h.TakeLog()); err != nil {
			s.fail(err)
			return
		}
	}
}

func (s *soak) hear(log []host.Line) error {
	for _, l := range log {
		if strings.Contains(l.Text, "fault in the plugin") {
			return errors.New(l.Text)
		}
		name := ""
		for _, text := range said {
			if strings.Contains(l.Text, text) {
				name = strings.TrimRight(text, ": ")
			}
		}
		switch {
		case name != "":
			s.logged.add(name)
		case l.Level <= host.Error:
			return fmt.Errorf("an error that nothing here should cause: %s", l.Text)
		default:
			s.logged.add("other")
		}
	}
	return nil
}
