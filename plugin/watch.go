package main

import (
	"sync"
	"time"

	"fluent-bit-entra-signin/plugin/settings"
)

// A watch reads the catalog file at intervals and activates a changed one. It compares contents: a Kubernetes ConfigMap changes by
// a symbolic link to another directory, and its times say nothing. If the file is broken or missing, the last good catalog stays
// active, and the log says so once.
type watch struct {
	file  string
	owner *enricher
	done  chan struct{}
	once  sync.Once

	// These belong to the goroutine.
	content settings.Content // of the file at the last look, good or bad; not parsed again while it stays the same
	active  settings.Content // of the last good file
	trouble string           // what was last logged about the file; "" if the file is good
}

// startWatch starts the goroutine; content is what the owner has already.
func startWatch(s settings.Filter, content settings.Content, owner *enricher) *watch {
	w := &watch{file: s.Catalog, owner: owner, done: make(chan struct{}), content: content, active: content}
	go w.run(s.CatalogReload)
	return w
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
	c, content, err := settings.ReloadCatalog(w.file, w.content)
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
		w.owner.lines.add(levelInfo, "catalog: %s matches the active catalog again", w.file)
		return
	}
	w.active = content
	w.owner.reloaded(c, content)
	w.owner.lines.add(levelInfo, "catalog reloaded from %s: %d codes", w.file, c.Len())
}

func (w *watch) say(trouble string) {
	if trouble == w.trouble {
		return
	}
	w.trouble = trouble
	w.owner.lines.add(levelWarn, "catalog not reloaded, the last good one stays active: %s", trouble)
}

// stop ends the goroutine. It does not wait, because a file system may not answer.
func (w *watch) stop() { w.once.Do(func() { close(w.done) }) }
