package sink

import (
	"cmp"
	"encoding/base64"
	"iter"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// headers returns the headers of every request, and the secrets in them as a text could show them.
func (p *protocol) headers(o *Options) (h http.Header, secrets []string, err error) {
	h = http.Header{"User-Agent": {"fluent-bit-entra-signin"}}
	if h, secrets, err = o.addHeaders(h); err != nil {
		return nil, nil, err
	}
	var set []tokenOption // the ways to authenticate that are set
	for _, t := range append([]tokenOption{{"HTTP_User", "Basic", func(o *Options) string { return o.HTTPUser }}}, p.tokens...) {
		if t.value(o) != "" {
			set = append(set, t)
		}
	}
	switch {
	case o.HTTPPasswd != "" && o.HTTPUser == "":
		return nil, nil, invalid("HTTP_User", "", "not set: HTTP_Passwd needs the user it belongs to")
	case len(set) > 1:
		return nil, nil, invalid(set[0].name, "", "is one way to authenticate and %s another: keep one", set[1].name)
	case len(set) == 1 && h.Get("Authorization") != "":
		return nil, nil, invalid("Header", "", "has an Authorization, and %s makes another: keep one", set[0].name)
	case len(set) == 0:
		return h, secrets, nil
	}
	var value string
	var known []string
	if set[0].name == "HTTP_User" {
		value, known, err = o.basicAuth()
	} else {
		value, err = secret(set[0].name, set[0].value(o))
		known = []string{value}
	}
	if err != nil {
		return nil, nil, err
	}
	h.Set("Authorization", set[0].scheme+" "+value)
	return h, append(secrets, known...), nil
}

// basicAuth returns what basic authentication sends, and the secrets in it.
func (o *Options) basicAuth() (value string, secrets []string, err error) {
	if strings.Contains(o.HTTPUser, ":") {
		// The value is not shown: what follows the colon is probably the password.
		return "", nil, invalid("HTTP_User", "", "holds a colon, which basic authentication cannot carry: move a password to HTTP_Passwd")
	}
	password := ""
	if o.HTTPPasswd != "" {
		if password, err = secret("HTTP_Passwd", o.HTTPPasswd); err != nil {
			return "", nil, err
		}
	}
	return basic(o.HTTPUser, password), basicSecrets(o.HTTPUser, password), nil
}

// basic returns the value that basic authentication sends.
func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// basicSecrets returns the secret of basic authentication, as it is and as it is sent, without padding. Without a password, the
// user is the secret.
func basicSecrets(user, password string) []string {
	return []string{cmp.Or(password, user), strings.TrimRight(basic(user, password), "=")}
}

// ownHeaders cannot be set by the option Header, because net/http or another option sets them.
var ownHeaders = []string{"Host", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Idempotency-Key"}

// headerLines returns the headers of the option Header, each as "Name: value".
func (o *Options) headerLines() iter.Seq[string] {
	return strings.FieldsFuncSeq(o.Header, func(r rune) bool { return r == '|' || r == '\n' })
}

func (o *Options) addHeaders(h http.Header) (http.Header, []string, error) {
	var secrets []string
	for line := range o.headerLines() {
		name, value, found := strings.Cut(strings.TrimSpace(line), ":")
		name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
		switch {
		case name == "" && !found:
			continue
		case !found || name == "" || !isToken(name):
			return nil, nil, invalid("Header", "", "is not Name: value, several separated by |")
		case slices.Contains(ownHeaders, name):
			return nil, nil, invalid("Header", "", "%s cannot be set: remove it", name)
		}
		written := strings.TrimSpace(value)
		value, err := secret("Header", written)
		if err != nil {
			return nil, nil, err
		}
		if value != written || holdsSecret(name) {
			secrets = append(secrets, value)
		}
		if name == "User-Agent" {
			h.Del(name)
		}
		h.Add(name, value)
	}
	return h, secrets, nil
}

// holdsSecret reports whether the value of a header is a secret, judged by the name. Hiding every value would make messages
// unreadable.
func holdsSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "key", "token", "secret", "cookie", "pass", "credential", "signature"},
		func(part string) bool { return strings.Contains(name, part) })
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func isToken(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	})
}
