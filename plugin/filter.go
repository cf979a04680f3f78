package main

// #include <stdlib.h>
// #include "host.h"
import "C"

import (
	"context"
	"sync"
	"time"
	"unsafe"

	"fluent-bit-entra-signin/internal/option"
	"fluent-bit-entra-signin/plugin/settings"
)

// filters maps the address of the host's instance to ours.
var filters sync.Map // uintptr → *enricher

// filterHost is the host's instance of a filter.
type filterHost struct{ ins *C.fb_instance }

func (h filterHost) property(name string) (string, bool) {
	return goText(C.entra_filter_property(h.ins, cText(name)))
}

func (h filterHost) log(lv level, text string) {
	C.entra_filter_log(h.ins, C.int(lv), cText(text))
}

// settings reads and checks the values of all options.
func (h filterHost) settings() (settings.Filter, error) {
	s := settings.DefaultFilter()
	err := option.Apply(s.List(), h.property)
	return s, err
}

// refuse logs why the instance does not start.
func refuse(log func(level, string), err error) {
	var l lines
	l.add(levelError, "%v", err)
	l.drain(log)
}

// entraFilterCheck is cb_pre_run. It checks everything and keeps nothing.
//
//export entraFilterCheck
func entraFilterCheck(ins *C.fb_instance) (result C.int) {
	h := filterHost{ins}
	defer guard(func(text string) {
		h.log(levelError, faultLine(text))
		result = -1
	})
	s, err := h.settings()
	if err == nil {
		err = check(s)
	}
	if err != nil {
		refuse(h.log, err)
		return -1
	}
	return 0
}

// entraFilterInit is cb_init.
//
//export entraFilterInit
func entraFilterInit(ins *C.fb_instance) (result C.int) {
	h := filterHost{ins}
	defer guard(func(text string) {
		h.log(levelError, faultLine(text))
		result = -1
	})
	s, err := h.settings()
	if err != nil {
		refuse(h.log, err)
		return -1
	}
	e, err := newEnricher(s, nil)
	if err != nil {
		refuse(h.log, err)
		return -1
	}
	e.warn(s.Warnings())
	filters.Store(uintptr(unsafe.Pointer(ins)), e)
	e.lines.drain(h.log)
	return 0
}

// entraFilterChunk is cb_filter.
//
//export entraFilterChunk
func entraFilterChunk(data unsafe.Pointer, size C.size_t, ins *C.fb_instance, out *unsafe.Pointer, outSize *C.size_t) (result C.int) {
	defer guard(func(text string) {
		logPlain(levelError, faultLine(text))
		result = C.FILTER_NOTOUCH
	})
	v, ok := filters.Load(uintptr(unsafe.Pointer(ins)))
	if !ok || size == 0 {
		return C.FILTER_NOTOUCH // switched off, or not initialised yet
	}
	e := v.(*enricher)
	result = e.filter(unsafe.Slice((*byte)(data), int(size)), out, outSize)
	e.lines.drain(filterHost{ins}.log)
	return result
}

// filter reads the chunk in place. The output is one block of exactly its size, which the host frees.
func (e *enricher) filter(chunk []byte, out *unsafe.Pointer, outSize *C.size_t) (result C.int) {
	const rest = "is passed on as it is"
	var block unsafe.Pointer
	defer guard(func(text string) {
		C.free(block)
		result = C.FILTER_NOTOUCH
		e.report.panicked(&e.lines, text, rest, time.Now())
	})
	r := e.enrich(chunk, rest)
	defer r.Release()
	if !r.Changed {
		return C.FILTER_NOTOUCH
	}
	if r.Size > 0 {
		if block = C.entra_alloc(C.size_t(r.Size)); block == nil {
			e.lines.add(levelError, "no memory for %d bytes: the chunk %s", r.Size, rest)
			return C.FILTER_NOTOUCH
		}
		dst := unsafe.Slice((*byte)(block), r.Size)
		r.CopyTo(dst)
		inject("copy", dst)
	}
	*out, *outSize = block, C.size_t(r.Size)
	return C.FILTER_MODIFIED
}

// entraFilterExit is cb_exit.
//
//export entraFilterExit
func entraFilterExit(ins *C.fb_instance) {
	h := filterHost{ins}
	defer guard(func(text string) { h.log(levelError, faultLine(text)) })
	v, ok := filters.LoadAndDelete(uintptr(unsafe.Pointer(ins)))
	if !ok {
		return
	}
	e := v.(*enricher)
	e.end(context.Background())
	e.lines.drain(h.log)
}
