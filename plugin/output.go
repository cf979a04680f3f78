package main

// #include "host.h"
import "C"

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/fluent/fluent-bit-go/output"

	"fluent-bit-entra-signin/filter"
	"fluent-bit-entra-signin/internal/buffers"
	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/plugin/settings"
	"fluent-bit-entra-signin/sink"
)

// outputHost is the host's instance of an output. The host reuses one struct for all instances, so both fields are copied from it.
type outputHost struct {
	api *C.struct_fb_output_api
	ins unsafe.Pointer
}

func (h outputHost) property(name string) (string, bool) {
	// Not fluent-bit-go's FLBPluginConfigKey, which answers "" for an option that is not set.
	return goText(C.entra_output_property(h.api, h.ins, cText(name)))
}

func (h outputHost) log(lv level, text string) {
	C.entra_output_log(h.api, h.ins, C.int(lv), cText(text))
}

// outputInstance is one [OUTPUT].
type outputInstance struct {
	*enricher
	host    outputHost
	ctx     context.Context // ends when the instance exits
	cancel  context.CancelFunc
	buffers sync.Pool // *outputBuffer

	returned returned
	turns    turns

	speaking sync.Mutex
	silent   bool // the instance has exited, and the memory of host is gone
}

// speak writes the waiting lines to the log. A flush may still run on a thread of the host when the instance exits.
func (o *outputInstance) speak() {
	if o.lines.waiting.Load() == 0 {
		return
	}
	o.speaking.Lock()
	defer o.speaking.Unlock()
	if !o.silent {
		o.lines.drain(o.host.log)
	}
}

// speakLast writes the waiting lines to the log. After it, nothing is logged.
func (o *outputInstance) speakLast() {
	o.speaking.Lock()
	defer o.speaking.Unlock()
	o.lines.drain(o.host.log)
	o.silent = true
}

// An outputBuffer is the memory of one flush. Two flushes never share one. It implements sink.Bodies.
type outputBuffer struct {
	turn     turn
	raw      []byte // the chunk as it came in
	result   *filter.Result
	enriched []byte // where the bodies of the records are, if the result changed something
	records  []sink.Record
}

// Restore implements sink.Bodies. It lists the same records each time.
func (b *outputBuffer) Restore() {
	b.turn.take()
	b.list()
}

// Pause implements sink.Bodies.
func (b *outputBuffer) Pause() { b.turn.give() }

// Resume implements sink.Bodies.
func (b *outputBuffer) Resume() { b.turn.take() }

// list sets the records, and enriches them if need be.
func (b *outputBuffer) list() {
	chunk := b.raw
	if b.result.Changed {
		b.enriched = b.result.AppendTo(buffers.Take(b.result.Size))
		chunk = b.enriched
	}
	b.records = records(b.records[:0], chunk, b.result.Origins)
}

// Drop implements sink.Bodies.
func (b *outputBuffer) Drop() {
	b.turn.give()
	for i := range b.records {
		b.records[i].Body = nil
	}
	buffers.Give(b.enriched)
	b.enriched = nil
}

// forget drops everything that the flush was about.
func (b *outputBuffer) forget() {
	b.Drop()
	clear(b.records)
	b.raw, b.result = nil, nil
}

// outputRef is what fluent-bit-go keeps for an instance. fluent-bit-go keeps it for the life of the process, over any number of
// hot reloads, so outputRef is small and drops the instance at its exit.
type outputRef struct {
	p atomic.Pointer[outputInstance]
}

// entraOutputRegister is FLBPluginRegister, entered once per configuration that is loaded.
//
//export entraOutputRegister
func entraOutputRegister(def unsafe.Pointer) (result C.int) {
	defer guard(func(text string) {
		logPlain(levelError, faultLine(text))
		result = -1
	})
	return C.int(output.FLBPluginRegister(def, C.ENTRA_NAME, "Microsoft Entra ID sign-ins with description and severity"))
}

// entraOutputUnregister is FLBPluginUnregister: it frees what Register allocated.
//
//export entraOutputUnregister
func entraOutputUnregister(def unsafe.Pointer) {
	defer guard(func(text string) { logPlain(levelError, faultLine(text)) })
	output.FLBPluginUnregister(def)
}

// entraOutputInit is FLBPluginInit.
//
//export entraOutputInit
func entraOutputInit(plugin *C.struct_fb_output) (result C.int) {
	h := outputHost{plugin.api, plugin.instance}
	defer guard(func(text string) {
		h.log(levelError, faultLine(text))
		result = C.OUTPUT_ERROR
	})
	s := settings.DefaultOutput()
	if err := option.Apply(s.List(), h.property); err != nil {
		refuse(h.log, err)
		return C.OUTPUT_ERROR
	}
	o, err := newOutput(h, s)
	if err != nil {
		refuse(h.log, err)
		return C.OUTPUT_ERROR
	}
	ref := &outputRef{}
	ref.p.Store(o)
	output.FLBPluginSetContext(unsafe.Pointer(plugin), ref)
	o.speak()
	return C.OUTPUT_OK
}

func newOutput(h outputHost, s settings.Output) (*outputInstance, error) {
	e, err := newEnricher(s.Filter, &s.Sink)
	if err != nil {
		return nil, err
	}
	e.warn(s.Warnings())
	o := &outputInstance{enricher: e, host: h}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	o.turns = newTurns()
	o.buffers.New = func() any { return &outputBuffer{turn: turn{of: o.turns}} }
	return o, nil
}

func outputOf(remote unsafe.Pointer) (*outputRef, *outputInstance) {
	ref, ok := output.FLBPluginGetContext(remote).(*outputRef)
	if !ok {
		return nil, nil
	}
	return ref, ref.p.Load()
}

// entraOutputFlush is FLBPluginFlushCtx. It returns after the chunk was enriched and delivered.
//
//export entraOutputFlush
func entraOutputFlush(remote, data unsafe.Pointer, size C.size_t, tag *C.char) (result C.int) {
	defer guard(func(text string) {
		logPlain(levelError, faultLine(text))
		result = C.OUTPUT_RETRY
	})
	_, o := outputOf(remote)
	if o == nil {
		return C.OUTPUT_RETRY // after the exit: the next instance gets the chunk
	}
	result = o.flush(unsafe.Slice((*byte)(data), int(size)), C.GoString(tag))
	o.speak()
	return result
}

func (o *outputInstance) flush(raw []byte, tag string) (result C.int) {
	b := o.buffers.Get().(*outputBuffer)
	defer guard(func(text string) {
		b.turn.give()
		o.report.panicked(&o.lines, text, "is to be sent again", time.Now())
		result = C.OUTPUT_RETRY
	})
	b.turn.take()
	c := &sink.Chunk{Tag: tag, Raw: raw}
	r := o.enrichTraced(raw, o.returned.take(c))
	version := r.Version()
	b.raw, b.result = raw, r
	b.list()
	c.Records, c.Bodies = b.records, b
	result = C.OUTPUT_OK
	if v := o.delivery.Deliver(o.ctx, c); v.Answer == sink.Retry {
		o.returned.put(c.Identify(), version)
		result = C.OUTPUT_RETRY
	}
	b.forget()
	r.Release()
	o.buffers.Put(b) // last: after a panic, b is not used by another flush
	return result
}

// records lists the events of a chunk, each with its origin. Group markers are not records. The bytes behind damage become one
// record that no sink can write, so the sink refuses this record and Dead_Letter_File keeps it.
func records(list []sink.Record, chunk []byte, origins []filter.Origin) []sink.Record {
	err := filter.Events(chunk, func(e filter.Event) bool {
		if e.Marker {
			return true
		}
		record := sink.Record{Sec: e.Sec, Nsec: e.Nsec, Body: e.Body}
		if n := len(list); n < len(origins) {
			from := &origins[n]
			record.Raw, record.Beside, record.SignIn = from.Record, from.Beside, from.SignIn
		}
		list = append(list, record)
		return true
	})
	var damage *filter.DamageError
	if errors.As(err, &damage) {
		list = append(list, sink.Record{Body: chunk[damage.At:]})
	}
	return list
}

// exitWait is how long an exit waits for deliveries on other threads of the host before it cancels them. The host has already
// waited for Grace.
const exitWait = 5 * time.Second

// entraOutputExit is FLBPluginExitCtx.
//
//export entraOutputExit
func entraOutputExit(remote unsafe.Pointer) {
	defer guard(func(text string) { logPlain(levelError, faultLine(text)) })
	ref, o := outputOf(remote)
	if o == nil {
		return
	}
	ref.p.Store(nil)
	o.exit()
	o.speakLast()
}

func (o *outputInstance) exit() {
	defer guard(func(text string) { o.lines.add(levelError, "%s", faultLine(text)) })
	defer o.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), exitWait)
	defer cancel()
	o.end(ctx)
}
