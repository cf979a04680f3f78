package catalog

import (
	"fmt"
	"strings"
)

// A Category says what kind of thing went wrong. The list of categories is fixed, because dashboards group by category.
type Category string

// CategoryInfo is a category with its definition, which docs/codes.md shows.
type CategoryInfo struct {
	Name       Category
	Definition string
}

var categories = []CategoryInfo{
	{"success", "The sign-in worked."},
	{"credential", "The user's password, PIN, key or certificate was wrong, missing or expired."},
	{"mfa", "A second factor was asked for, failed, is not set up, or ran into a telephone limit."},
	{"conditional_access", "A Conditional Access policy, security defaults or a tenant restriction asked for something or blocked."},
	{"account", "The account is locked, disabled, missing or of the wrong kind."},
	{"risk", "Blocked or challenged because of risk, a malicious IP address, a fraud report or a compromised credential."},
	{"device", "Registration, join, compliance or the primary refresh token of a device."},
	{"consent", "Consent, permissions, preauthorization, or the assignment of users to an app."},
	{"application", "The registration or configuration of an app: not found, wrong redirect URI, wrong resource."},
	{"client_credential", "The app's own secret, certificate, assertion or federated credential was wrong, missing or expired."},
	{"federation", "A federated or external identity provider, its trust or its metadata."},
	{"session", "A session, cookie, code or refresh token that expired, was revoked or does not match."},
	{"external_user", "Guests, cross-tenant access, or an account of another tenant, or a personal account."},
	{"on_premises", "Pass-through agents, seamless single sign-on, the on-premises directory."},
	{"protocol", "A request or token that is malformed, unsupported or lacks a parameter."},
	{"throttling", "A limit, a quota, too many requests, or a loop."},
	{"service", "A problem on Microsoft's side."},
	{"undocumented", "Microsoft has published no meaning."},
}

// Categories returns all categories in the order of the documentation.
func Categories() []CategoryInfo { return append([]CategoryInfo(nil), categories...) }

// ParseCategory returns the category with the given name, ignoring case.
func ParseCategory(word string) (Category, error) {
	for _, c := range categories {
		if strings.EqualFold(string(c.Name), word) {
			return c.Name, nil
		}
	}
	names := make([]string, len(categories))
	for i, c := range categories {
		names[i] = string(c.Name)
	}
	return "", fmt.Errorf("category %q: must be one of %s", word, strings.Join(names, ", "))
}
