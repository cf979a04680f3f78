package filter

import "strings"

// mark is what a value says about its record.
type mark uint8

const (
	silent mark = iota
	signIn
	other
)

// namesSignIns reads the category of an Azure Monitor record or the table of a Log Analytics row: those of sign-ins
// contain "SignIn" (SignInLogs, NonInteractiveUserSignInLogs, AdvancedHunting-EntraIdSignInEvents, …), and no others do. In the
// log of a .NET program the category is the name of a logger. Those of Microsoft's identity libraries report errors of Entra, so
// they say nothing against a code.
func namesSignIns(value string) mark {
	switch {
	case containsFold(value, "signin"):
		return signIn
	case strings.HasPrefix(value, "Microsoft.Identity"):
		return silent
	}
	return other
}

// hintsSignIns is namesSignIns for names that users choose too, which so prove nothing against a record.
func hintsSignIns(value string) mark {
	if containsFold(value, "signin") {
		return signIn
	}
	return silent
}

// isSignInActivity reads the operation of an Azure Monitor record.
func isSignInActivity(value string) mark {
	if strings.EqualFold(value, "Sign-in activity") {
		return signIn
	}
	return silent
}

// isUserLogin reads the operation of an Office 365 management activity.
func isUserLogin(value string) mark {
	if strings.EqualFold(value, "UserLoginFailed") || strings.EqualFold(value, "UserLoggedIn") {
		return signIn
	}
	return silent
}

func containsFold(s, lower string) bool {
	for i := 0; i+len(lower) <= len(s); i++ {
		if equalFold(s[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}
