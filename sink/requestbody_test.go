package sink

import (
	"io"
	"net/http"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestARequestReadsItsParts(t *testing.T) {
	b := newBody(10)
	p := bodyPart{b, [][]byte{[]byte("one"), nil, []byte(","), []byte("two")}}
	assert.Equal(t, 7, p.size())
	require.NoError(t, iotest.TestReader(p.reader(), []byte("one,two")))

	first, second := p.reader(), p.reader()
	for _, r := range []io.ReadCloser{first, second} { // neither changes the parts of the other
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.Equal(t, "one,two", string(text))
	}
	require.NoError(t, iotest.TestReader(bodyPart{body: b}.reader(), nil))
}

func TestABodyIsFreeAfterItsLastReader(t *testing.T) {
	b := newBody(10)
	r := bodyPart{b, [][]byte{[]byte("text")}}.reader()
	b.release()
	assert.Equal(t, int32(1), b.refs.Load())
	require.NoError(t, r.Close())
	require.NoError(t, r.Close(), "net/http may close it twice")
	_, err := r.Read(make([]byte, 1))
	require.ErrorIs(t, err, http.ErrBodyReadAfterClose, "another request may have the buffer")
	_, err = r.WriteTo(io.Discard)
	require.ErrorIs(t, err, http.ErrBodyReadAfterClose)
	assert.Equal(t, int32(0), b.refs.Load())
}
