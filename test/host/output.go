package host

import "fmt"

// An OutputPlugin is the object, loaded as an output behind the Go proxy.
type OutputPlugin struct {
	Name, Description string

	h  *Host
	id []byte
	n  int
}

// LoadOutput loads an object under a name that Fluent Bit recognizes as a Go plugin.
func (h *Host) LoadOutput(so string) (*OutputPlugin, error) {
	r, err := h.call(0, "output_load", []byte(so))
	if err != nil {
		return nil, err
	}
	if string(r[3]) != "2" || string(r[4]) != "11" {
		return nil, fmt.Errorf("registered as type %s of proxy %s, not as an output (2) in Go (11)", r[3], r[4])
	}
	return &OutputPlugin{Name: string(r[1]), Description: string(r[2]), h: h, id: r[0]}, nil
}

// Unload calls FLBPluginUnregister and closes the handle.
func (p *OutputPlugin) Unload() error {
	_, err := p.h.call(0, "output_unload", p.id)
	return err
}

// Options returns the options as the host reads them. A host before 5.1.1 reads none.
func (p *OutputPlugin) Options() ([]Option, error) {
	return options(p.h.call(0, "output_options", p.id))
}

// An Answer is the result of a flush.
type Answer int

// The answers.
const (
	AnswerError Answer = 0
	AnswerOK    Answer = 1
	AnswerRetry Answer = 2
)

// An Output is an instance.
type Output struct {
	h      *Host
	id     []byte
	thread int
	stack  int
	used   *int
}

// New makes an instance with options written NAME=VALUE and calls FLBPluginInit.
func (p *OutputPlugin) New(options ...string) (*Output, error) {
	p.n++
	r, err := p.h.call(0, "output_new", newArgs(p.id, p.n-1, options)...)
	if err != nil {
		return nil, err
	}
	return &Output{h: p.h, id: r[0]}, nil
}

// PreRun calls FLBPluginOutputPreRun, as the host does for each instance when all have started.
func (p *OutputPlugin) PreRun(hotReload bool) error {
	reload := 0
	if hotReload {
		reload = 1
	}
	_, err := p.h.call(0, "output_pre_run", p.id, number(reload))
	return err
}

// On returns the same instance, driven on another thread of the host.
func (o *Output) On(thread int) *Output {
	p := *o
	p.thread = thread
	return &p
}

// Stack returns the same instance, flushed on a coroutine with a stack of size bytes. used receives how many bytes were used.
func (o *Output) Stack(size int, used *int) *Output {
	p := *o
	p.stack, p.used = size, used
	return &p
}

// Flush calls FLBPluginFlushCtx.
func (o *Output) Flush(tag string, chunk []byte) (Answer, error) {
	r, err := o.h.call(o.thread, "output_flush", o.id, []byte(tag), number(o.stack), chunk)
	if err != nil {
		return 0, err
	}
	if o.used != nil {
		*o.used = integer(r[1])
	}
	return Answer(integer(r[0])), nil
}

// Exit calls FLBPluginExitCtx and ends the instance.
func (o *Output) Exit() error {
	_, err := o.h.call(o.thread, "output_exit", o.id)
	return err
}
