package sink

import (
	"os"
	"strings"
)

// secretFiles returns the files that the options name for secrets.
func (p *protocol) secretFiles(o *Options) []string {
	values := []string{o.HTTPPasswd}
	for _, t := range p.tokens {
		values = append(values, t.value(o))
	}
	for line := range o.headerLines() {
		_, value, _ := strings.Cut(line, ":")
		values = append(values, strings.TrimSpace(value))
	}
	var files []string
	for _, value := range values {
		if path, ok := strings.CutPrefix(value, "file:"); ok {
			files = append(files, path)
		}
	}
	return files
}

// secret returns the secret that an option sets: the value itself, the content of a file for file:/path, or an environment variable
// for env:NAME. Line breaks at the end are not part of the secret. No error shows the secret, or a value that may be one.
func secret(name, value string) (string, error) {
	found := value
	if value == "file:" || value == "env:" {
		return "", invalid(name, "", "%s names nothing: use file:/path or env:NAME", value)
	}
	if path, ok := strings.CutPrefix(value, "file:"); ok {
		content, err := readFile(path)
		if err != nil {
			return "", invalid(name, "", "%w", err)
		}
		found = string(content)
	} else if variable, ok := strings.CutPrefix(value, "env:"); ok {
		content, set := os.LookupEnv(variable)
		if !set {
			return "", invalid(name, "", "the environment variable %s is not set", variable)
		}
		found = content
	}
	found = strings.TrimRight(found, "\r\n")
	switch {
	case found == "":
		return "", invalid(name, "", "the secret is empty")
	case strings.ContainsFunc(found, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", invalid(name, "", "the secret holds a control character or a line break in the middle")
	}
	return found, nil
}
