package main

import (
	"sync"
	"time"

	"fluent-bit-entra-signin/plugin/settings"
)

// watch reads the catalog file again and again and takes over what changed. It goes by content: a Kubernetes ConfigMap
// changes by a symbolic link to another directory, with times that say nothing. A file that is broken or gone leaves the
// last good catalog in force and is spoken of once.
type watch struct {
	file  string
	owner *enricher
	done  chan struct{}
	once  sync.Once

	// Of the goroutine only.
	content settings.Content // of the file when last looked at, good or bad; not parsed again while it stays
	inForce settings.Content // of the last good one
	trouble string           // what was last said about the file; "" when it is good
}

// startWatch starts the goroutine; content is what the owner has already.
func startWatch(s settings.Filter, content settings.Content, owner *enricher) *watch {
	w := &watch{file: s.Catalog, owner: owner, done: make(chan struct{}), content: content, inForce: content}
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

// look must not take the host down either: a panic on this goroutine would.
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
	if content == w.inForce {
		w.owner.lines.add(levelInfo, "catalog: %s is again what is in force", w.file)
		return
	}
	w.inForce = content
	w.owner.reloaded(c, content)
	w.owner.lines.add(levelInfo, "catalog reloaded from %s: %d codes", w.file, c.Len())
}

func (w *watch) say(trouble string) {
	if trouble == w.trouble {
		return
	}
	w.trouble = trouble
	w.owner.lines.add(levelWarn, "catalog not reloaded, the last good one stays: %s", trouble)
}

// stop ends the goroutine soon; it does not wait for a file system that does not answer.
func (w *watch) stop() { w.once.Do(func() { close(w.done) }) }
