package option

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestApply(t *testing.T) {
	var name string
	var on bool
	opts := []Option{{Name: "Name", Set: String(&name)}, {Name: "On", Set: Bool(&on)}}
	values := map[string]string{"Name": "  x y  ", "Other": "unused"}
	require.NoError(t, Apply(opts, func(name string) (string, bool) { v, ok := values[name]; return v, ok }))
	assert.Equal(t, "x y", name, "white space about a value is no part of it")
	assert.False(t, on, "an option without a value stays as it is")
}

func TestApplyStopsAtTheFirstError(t *testing.T) {
	var a, b bool
	err := Apply([]Option{{Name: "A", Set: Bool(&a)}, {Name: "B", Set: Bool(&b)}}, func(name string) (string, bool) {
		return map[string]string{"A": "maybe", "B": "on"}[name], true
	})
	assert.EqualError(t, err, `option A: "maybe": must be on or off`)
	assert.False(t, b)
}

func TestError(t *testing.T) {
	cause := errors.New("no good")
	refuse := func(string) error { return cause }
	for _, c := range []struct {
		option Option
		value  string
		want   string
	}{
		{Option{Name: "Key", Set: refuse}, "v", `option Key: "v": no good`},
		{Option{Name: "Key", Set: refuse}, "", `option Key: no good`},
		{Option{Name: "Password", Secret: true, Set: refuse}, "v", `option Password: no good`},
		{Option{Name: "Key", Set: refuse}, "a\nb", `option Key: "a\nb": no good`},
	} {
		err := c.option.Apply(c.value)
		assert.EqualError(t, err, c.want)
		require.ErrorIs(t, err, cause)
		var named *Error
		require.ErrorAs(t, err, &named)
		assert.Equal(t, c.option.Name, named.Option)
	}
}

func TestFlagName(t *testing.T) {
	assert.Equal(t, "code-key", (&Option{Name: "Code_Key"}).FlagName())
	assert.Equal(t, "split", (&Option{Name: "Split"}).FlagName())
}

// A setter is asked for every text that it takes and every one that it refuses.
func TestSetters(t *testing.T) {
	t.Run("Bool", func(t *testing.T) {
		var v bool
		check(t, Bool(&v), func() any { return v }, map[string]any{
			"on": true, "On": true, "true": true, "YES": true, "1": true, "off": false, "false": false, "No": false, "0": false,
		}, "", "2", "enabled", "o")
	})
	t.Run("String", func(t *testing.T) {
		var v string
		check(t, String(&v), func() any { return v }, map[string]any{"": "", "x": "x", "a,b": "a,b"})
	})
	t.Run("Enum", func(t *testing.T) {
		var v string
		check(t, Enum(&v, "flat", "ecs"), func() any { return v }, map[string]any{"flat": "flat", "ECS": "ecs"}, "", "fla", "ecs,flat")
		assert.EqualError(t, Enum(&v, "flat", "ecs")("x"), "must be one of flat, ecs")
	})
	t.Run("Duration", func(t *testing.T) {
		var v time.Duration
		check(t, Duration(&v), func() any { return v }, map[string]any{
			"30s": 30 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute, "30": 30 * time.Second, "0": time.Duration(0), "100ms": 100 * time.Millisecond,
		}, "", "x", "-1", "-1s", "1.5", "99999999999", "30 s")
	})
	t.Run("Size", func(t *testing.T) {
		var v int64
		check(t, Size(&v), func() any { return v }, map[string]any{
			"1": int64(1), "512k": int64(512 << 10), "512K": int64(512 << 10), "5M": int64(5 << 20), "5MB": int64(5 << 20), "2g": int64(2 << 30), "7b": int64(7),
		}, "", "b", "k", "0", "-1", "x", "1.5M", "5T", "9999999999G", "M5")
	})
}

func check(t *testing.T, set func(string) error, got func() any, taken map[string]any, refused ...string) {
	t.Helper()
	for value, want := range taken {
		require.NoError(t, set(value), "%q", value)
		assert.Equal(t, want, got(), "%q", value)
	}
	before := got()
	for _, value := range refused {
		require.Error(t, set(value), "%q", value)
		assert.Equal(t, before, got(), "%q is refused and changes nothing", value)
	}
}

func TestFields(t *testing.T) {
	for list, want := range map[string][]string{
		"": {}, " , ": {}, "a": {"a"}, "a,b": {"a", "b"}, "a b": {"a", "b"}, " a ,\tb,,\nc": {"a", "b", "c"},
	} {
		assert.Equal(t, want, Fields(list), list)
	}
}

func TestSetDefaults(t *testing.T) {
	var word string
	on, untouched := false, int64(7)
	SetDefaults([]Option{
		{Name: "A", Default: "ecs", Set: Enum(&word, "flat", "ecs")}, {Name: "B", Default: "on", Set: Bool(&on)}, {Name: "C", Set: Size(&untouched)},
	})
	assert.Equal(t, "ecs", word)
	assert.True(t, on)
	assert.EqualValues(t, 7, untouched, "an option without a default stays as it is")
	assert.PanicsWithError(t, `option B: "often": must be on or off`, func() {
		SetDefaults([]Option{{Name: "B", Default: "often", Set: Bool(&on)}})
	})
}
