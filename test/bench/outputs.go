package main

import (
	"fmt"
	"net"
)

// Names of the pipelines that end in an output. Each name stands in bench.json.
const (
	outputsBase = "outputs_base"
	esOwn       = "es_own"
	esOurs      = "es_ours"
	lokiOwn     = "loki_own"
	lokiOurs    = "loki_ours"
	httpOwn     = "http_own"
	httpOurs    = "http_ours"
	slow        = "_slow" // follows a name where the receiver takes 200 ms for an answer
)

// outputs are the pipelines with Fluent Bit's own outputs behind our filter, each followed by the one with our output, which enriches by
// itself. Their base is our filter and null. All have one worker. Where the receiver is slow, ours have what docs/delivery.md recommends
// for such a receiver: twenty workers, since each sends one request at a time while Fluent Bit's own outputs send all at once, and for Loki
// batches that hold a chunk.
func (p *peers) outputs() []pipeline {
	host, port, _ := net.SplitHostPort(p.receiver)
	entra := []string{"name entra_signin"}
	own := func(name string, output ...string) pipeline {
		output = append([]string{"name " + output[0], "host " + host, "port " + port, "workers 1"}, output[1:]...)
		return pipeline{name: name, base: outputsBase, filters: [][]string{entra}, object: p.object, output: output}
	}
	ours := func(name, peer, sink, path string, more ...string) pipeline {
		workers := "workers 1"
		if path != "" {
			workers = "workers 20"
		}
		output := append([]string{"name entra_signin", "sink " + sink, fmt.Sprintf("url http://%s%s", p.receiver, path), workers}, more...)
		return pipeline{name: name, base: outputsBase, object: p.outputObject, output: output, peer: peer}
	}
	return []pipeline{
		{name: outputsBase, base: outputsBase, filters: [][]string{entra}, object: p.object},
		own(esOwn, "es", "suppress_type_name on", "index entra-signin", "generate_id on", "write_operation create"),
		ours(esOurs, esOwn, "elasticsearch", ""),
		own(lokiOwn, "loki", "labels job=entra_signin,severity=$severity"),
		ours(lokiOurs, lokiOwn, "loki", ""),
		own(httpOwn, "http", "uri /", "format json_lines"),
		ours(httpOurs, httpOwn, "http", ""),
		own(esOwn+slow, "es", "suppress_type_name on", "index entra-signin", "generate_id on", "write_operation create", "path "+slowPath),
		ours(esOurs+slow, esOwn+slow, "elasticsearch", slowPath),
		own(lokiOwn+slow, "loki", "labels job=entra_signin,severity=$severity", "uri "+slowPath+"/loki/api/v1/push"),
		ours(lokiOurs+slow, lokiOwn+slow, "loki", slowPath, "batch_bytes 4M"),
		own(httpOwn+slow, "http", "uri "+slowPath, "format json_lines"),
		ours(httpOurs+slow, httpOwn+slow, "http", slowPath),
	}
}

// outputGoals are the goals of the outputs.
func outputGoals() (goals []goal) {
	goals = append(goals, wallGoal("time of output elasticsearch, of Fluent Bit's own", esOurs, esOwn, 0.8))
	for _, o := range []struct {
		name, own, ours string
		cost            float64
	}{{"elasticsearch", esOwn, esOurs, 0.45}, {"loki", lokiOwn, lokiOurs, 0.30}, {"http", httpOwn, httpOurs, 0.30}} {
		goals = append(goals,
			costGoal("cost of output "+o.name+", of Fluent Bit's own", o.ours, o.own, outputsBase, o.cost),
			memoryGoal("peak memory of output "+o.name+" over Fluent Bit's own, MB", o.ours, o.own, 10),
			wallGoal("time of output "+o.name+" with a slow receiver, of Fluent Bit's own", o.ours+slow, o.own+slow, 1),
			memoryGoal("peak memory of output "+o.name+" with a slow receiver over Fluent Bit's own, MB", o.ours+slow, o.own+slow, 20))
	}
	return goals
}

func wallGoal(what, us, peer string, limit float64) goal {
	return goal{what: what, needs: []string{us, peer}, limit: limit, got: func(s samples) float64 { return s.wall(us) / s.wall(peer) }}
}

func memoryGoal(what, us, peer string, limit float64) goal {
	return goal{what: what, needs: []string{us, peer}, limit: limit, got: func(s samples) float64 { return (s.rss(us) - s.rss(peer)) / 1024 }}
}
