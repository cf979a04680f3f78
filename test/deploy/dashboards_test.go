package deploy

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A dashboard, as far as the tests look at it.
type dashboard struct {
	UID, Title string
	Templating struct {
		List []struct {
			Name, Type string
			Query      any
			Datasource *source
		}
	}
	Panels []struct {
		ID          int
		Type, Title string
		GridPos     struct{ X, Y, W, H int }
		Datasource  source
		Targets     []struct {
			RefID      string `json:"refId"`
			Expr       string
			Datasource source
		}
	}
}

type source struct{ Type, UID string }

func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "deploy/grafana/*.json"))
	require.NoError(t, err)
	require.Len(t, files, 2)
	all := map[string]dashboard{}
	for _, file := range files {
		var d dashboard
		require.NoError(t, json.NewDecoder(bytes.NewReader(read(t, strings.TrimPrefix(file, root+"/")))).Decode(&d), file)
		assert.Equal(t, strings.TrimSuffix(filepath.Base(file), ".json"), d.UID)
		all[d.UID] = d
	}
	return all
}

var variable = regexp.MustCompile(`\$(?:\{(\w+)\}|(\w+))`)

func TestDashboards(t *testing.T) {
	names := known(t)
	for uid, d := range dashboards(t) {
		t.Run(uid, func(t *testing.T) {
			declared := map[string]bool{"__rate_interval": true, "__range": true, "__auto": true}
			sources := map[string]string{} // by variable, the kind
			for _, v := range d.Templating.List {
				declared[v.Name] = true
				if v.Type == "datasource" {
					sources["${"+v.Name+"}"] = v.Query.(string)
				}
			}
			require.Len(t, sources, 1)
			ids, places, used := map[int]bool{}, map[[2]int]bool{}, ""
			for _, p := range d.Panels {
				assert.NotEmpty(t, p.Title)
				assert.False(t, ids[p.ID], "panel id %d stands twice", p.ID)
				assert.False(t, places[[2]int{p.GridPos.X, p.GridPos.Y}], "two panels at one place: %s", p.Title)
				assert.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, p.Title)
				ids[p.ID], places[[2]int{p.GridPos.X, p.GridPos.Y}] = true, true
				assert.Equal(t, sources[p.Datasource.UID], p.Datasource.Type, "%s: a data source that is no variable cannot be chosen", p.Title)
				require.NotEmpty(t, p.Targets, p.Title)
				refs := map[string]bool{}
				for _, target := range p.Targets {
					assert.Equal(t, p.Datasource, target.Datasource, p.Title)
					assert.False(t, refs[target.RefID], p.Title)
					refs[target.RefID] = true
					used += target.Expr
					for _, v := range variable.FindAllStringSubmatch(target.Expr, -1) {
						assert.True(t, declared[v[1]+v[2]], "%s: no variable %s", p.Title, v[0])
					}
					if p.Datasource.Type == "prometheus" {
						checkQuery(t, variables.Replace(target.Expr), names)
					}
				}
			}
			for _, v := range d.Templating.List {
				if v.Type != "datasource" {
					assert.Contains(t, used, "$"+v.Name, "a variable without use")
				}
				if q, ok := v.Query.(map[string]any); ok {
					found := regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`).FindStringSubmatch(q["query"].(string))
					require.NotNil(t, found)
					assert.Contains(t, names[found[1]], found[2])
				}
			}
		})
	}
}
