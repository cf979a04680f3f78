package main

import (
	"fmt"
	"sync"
	"time"

	"fluent-bit-entra-signin/plugin/settings"
)

// A watch reads a file of the user's at intervals, the catalog or the rules, and activates a changed one. It compares contents: a
// Kubernetes ConfigMap changes by a symbolic link to another directory, and its times say nothing. If the file is broken or missing,
// the last good one stays active, and the log says so once.
type watch struct {
	what  string // catalog or rules
	file  string
	owner *enricher
	done  chan struct{}
	once  sync.Once
	// read returns what activates the content of the file and says what it is, or nil if the content was seen.
	read func(file string, seen settings.Content) (activate func() string, content settings.Content, err error)

	// These belong to the goroutine.
	content settings.Content // of the file at the last look, good or bad; not parsed again while it stays the same
	active  settings.Content // of the last good file
	trouble string           // what was last logged about the file; "" if the file is good
}

// watchCatalog returns a watch of the catalog; content is what the owner has already.
func watchCatalog(file string, content settings.Content, owner *enricher) *watch {
	return &watch{what: "catalog", file: file, owner: owner, done: make(chan struct{}), content: content, active: content,
		read: func(file string, seen settings.Content) (func() string, settings.Content, error) {
			c, content, err := settings.ReloadCatalog(file, seen)
			if c == nil {
				return nil, content, err
			}
			return func() string {
				owner.reloaded(c, content)
				return fmt.Sprintf("%d codes", c.Len())
			}, content, nil
		}}
}

// watchRules is watchCatalog for the rules about the severity.
func watchRules(file string, content settings.Content, owner *enricher) *watch {
	return &watch{what: "rules", file: file, owner: owner, done: make(chan struct{}), content: content, active: content,
		read: func(file string, seen settings.Content) (func() string, settings.Content, error) {
			r, content, err := settings.ReloadRules(file, seen)
			if r == nil {
				return nil, content, err
			}
			return func() string {
				owner.engine.SetRules(r)
				owner.meter.reloads.Add(1)
				return fmt.Sprintf("%d rules", r.Len())
			}, content, nil
		}}
}

func (w *watch) run(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-w.done:
			return
		case <-tick.C:
			w.look()
		}
	}
}

// look checks the file once. It recovers from panics, because a panic on this goroutine would end the host.
func (w *watch) look() {
	defer guard(func(text string) { w.say(faultLine(text)) })
	activate, content, err := w.read(w.file, w.content)
	if err != nil {
		if content != w.content || err.Error() != w.trouble {
			w.content = content
			w.owner.meter.refusals.Add(1)
			w.say(err.Error())
		}
		return
	}
	if content == w.content {
		return
	}
	w.content, w.trouble = content, ""
	if content == w.active {
		w.owner.lines.add(levelInfo, "%s: %s matches the active %s again", w.what, w.file, w.what)
		return
	}
	w.active = content
	w.owner.lines.add(levelInfo, "%s reloaded from %s: %s", w.what, w.file, activate())
}

func (w *watch) say(trouble string) {
	if trouble == w.trouble {
		return
	}
	w.trouble = trouble
	w.owner.lines.add(levelWarn, "%s not reloaded; the last good version stays active: %s", w.what, trouble)
}

// stop ends the goroutine. It does not wait, because a file system may not answer.
func (w *watch) stop() { w.once.Do(func() { close(w.done) }) }
