package settings

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fluent-bit-entra-signin/internal/option"
)

// Whatever stands in a configuration is taken, or refused with one line that names the option and tells no secret.
func FuzzSettings(f *testing.F) {
	for _, value := range []string{
		"", " ", "on", "0", "-1", "30s", "1e9h", "off", ":2021", "[::1]:2021", "::::", "127.0.0.1:99999", "description,severity", "a..b",
		"http://u:p@h:1/%zz", "X-Key: env:NONE", "name=$", "job=entra_signin, severity=$severity", "5M", "9999999999999999999G", "\x00", "\xff\xfe", "a\nb",
		strings.Repeat("a.", 10_000),
	} {
		for i := range 60 {
			f.Add(uint8(i), value)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, value string) {
		s := DefaultOutput()
		list := s.List()
		o := list[int(which)%len(list)]
		err := o.Apply(value)
		if err == nil {
			return
		}
		var named *option.Error
		require.ErrorAs(t, err, &named)
		require.Equal(t, o.Name, named.Option)
		require.NotContains(t, err.Error(), "\n")
		if o.Secret && len(value) >= 8 {
			require.NotContains(t, err.Error(), strings.TrimSpace(value))
		}
	})
}
