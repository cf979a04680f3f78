package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func at(day, hour, minute, second int) time.Time {
	return monday.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second)
}

// Attacks are found among the records of a quiet tenant, in whatever order they come.
func TestPlantedAttacks(t *testing.T) {
	for name, attack := range map[string]struct {
		kind  string
		plant func(*tenant)
		want  []string // parts of the text of the findings, in order
		found int
		count uint64
	}{
		"spray, then right": {"spray_then_accepted", func(t *tenant) {
			for i := range 30 {
				t.add(signIn{at: at(2, 3, i, 0), user: person(i), address: attacker, code: 50126})
			}
			t.add(signIn{at: at(2, 3, 31, 0), user: person(17), address: attacker, code: 50074, requirement: multi})
		}, []string{"198.51.100.66 was refused for 30 accounts, and then the password of person17@contoso.com was right"}, 1, 31},
		"spray of names that do not exist, then right": {"spray_then_accepted", func(t *tenant) {
			for i := range 25 {
				t.add(signIn{at: at(2, 3, i, 0), user: fmt.Sprintf("guess%d@contoso.com", i), address: attacker, code: 50034})
			}
			t.add(signIn{at: at(2, 3, 40, 0), user: person(3), address: attacker})
		}, []string{"refused for 25 accounts, and then the password of person03@contoso.com"}, 1, 26},
		"spray from a range": {"spray_then_accepted", func(t *tenant) {
			for i := range 30 {
				t.add(signIn{at: at(2, 3, i, 0), user: person(i), address: fmt.Sprintf("198.51.100.%d", 100+i), code: 50126})
			}
			t.add(signIn{at: at(2, 5, 0, 0), user: person(4), address: "198.51.100.200", code: 53003})
			t.add(signIn{at: at(2, 5, 1, 0), user: person(4), address: "198.51.100.200", code: 50076})
		}, []string{"198.51.100.0/24 was refused for 30 accounts, and then the password of person04@contoso.com was right"}, 1, 0},
		"spray over IPv6": {"spray_then_accepted", func(t *tenant) {
			for i := range 30 {
				t.add(signIn{at: at(2, 3, i, 0), user: person(i), address: fmt.Sprintf("2001:db8:1:2::%x", i+1), code: 50126})
			}
			t.add(signIn{at: at(2, 3, 50, 0), user: person(4), address: "2001:db8:1:2::ffff"})
		}, []string{"2001:db8:1:2::/64 was refused for 30 accounts"}, 1, 0},
		"two passwords right": {"spray_then_accepted", func(t *tenant) {
			for i := range 40 {
				t.add(signIn{at: at(2, 3, i, 0), user: person(i), address: attacker, code: 50126})
			}
			t.add(signIn{at: at(2, 3, 10, 30), user: person(17), address: attacker})
			t.add(signIn{at: at(2, 3, 55, 0), user: person(18), address: attacker})
		}, []string{"person17", "person18"}, 2, 0},
		"spray, nothing right": {"many_accounts_refused", func(t *tenant) {
			for i := range 30 {
				t.add(signIn{at: at(2, 3, i, 0), user: person(i), address: attacker, code: 50126})
			}
		}, []string{"198.51.100.66 was refused for 30 accounts, 30 times"}, 1, 30},
		"one account guessed": {"failures_then_accepted", func(t *tenant) {
			for i := range 40 {
				t.add(signIn{at: at(3, 2, i, 0), user: person(5), address: attacker, code: 50126})
			}
			t.add(signIn{at: at(3, 2, 45, 0), user: person(5), address: attacker})
		}, []string{"the password of person05@contoso.com was refused 40 times from 198.51.100.66, and then accepted"}, 1, 41},
		"one account guessed from a range": {"failures_then_accepted", func(t *tenant) {
			for i := range 40 {
				t.add(signIn{at: at(3, 2, i, 0), user: person(5), address: fmt.Sprintf("198.51.100.%d", i%5), code: 50126})
			}
			t.add(signIn{at: at(3, 2, 45, 0), user: person(5), address: "198.51.100.9", code: 50074})
		}, []string{"refused 40 times from 198.51.100.0/24, and then accepted"}, 1, 41},
		"prompts until one is accepted": {"prompts_then_accepted", func(t *tenant) {
			for i := range 8 {
				t.add(signIn{at: at(1, 23, i, 0), user: person(6), address: attacker, code: 500121, requirement: multi, detail: "MFA denied; user did not respond to mobile app notification"})
			}
			t.add(signIn{at: at(1, 23, 9, 0), user: person(6), address: attacker, requirement: multi})
		}, []string{"person06@contoso.com did not accept 8 MFA prompts, refused 0 of them, and then passed one"}, 1, 8},
		"prompts refused, then accepted": {"prompts_then_accepted", func(t *tenant) {
			for i := range 2 {
				t.add(signIn{at: at(1, 23, i, 0), user: person(6), address: attacker, code: 500121, requirement: multi, detail: "MFA denied; user declined the authentication"})
			}
			t.add(signIn{at: at(1, 23, 9, 0), user: person(6), address: attacker, requirement: multi})
		}, []string{"did not accept 2 MFA prompts, refused 2 of them, and then passed one"}, 1, 2},
		"a prompt refused": {"prompts_refused", func(t *tenant) {
			t.add(signIn{at: at(1, 23, 0, 0), user: person(6), address: attacker, code: 500121, requirement: multi, detail: "MFA denied; user declined the authentication"})
		}, []string{"person06@contoso.com refused 1 MFA prompt"}, 1, 1},
		"legacy": {"legacy_protocols", func(t *tenant) {
			for i := range 3 {
				t.add(signIn{at: at(1, 12, i, 0), user: "scanner@contoso.com", client: "IMAP4"})
			}
			t.add(signIn{at: at(1, 12, 0, 0), user: person(1), client: "IMAP4", code: 50126})
		}, []string{"scanner@contoso.com signed in with IMAP4, without a second factor"}, 1, 3},
		"device code": {"device_code", func(t *tenant) {
			t.add(signIn{at: at(1, 12, 0, 0), user: person(9), app: "Azure CLI", more: `,"authenticationProtocol":"deviceCode"`})
			t.add(signIn{at: at(1, 13, 0, 0), user: person(9), app: "Azure CLI", more: `,"originalTransferMethod":"deviceCodeFlow"`})
		}, []string{"person09@contoso.com signed in to Azure CLI with a device code"}, 1, 2},
		"disabled": {"disabled_accounts", func(t *tenant) {
			for i := range 4 {
				t.add(signIn{at: at(1, 12, i, 0), user: "gone@contoso.com", code: 50057, more: `,"incomingTokenType":"refreshToken"`})
			}
			t.add(signIn{at: at(1, 12, 0, 0), user: "typed@contoso.com", code: 50057})
		}, []string{"typed@contoso.com is disabled and still tries", "gone@contoso.com is disabled and still tries, with a token only"}, 2, 1},
		"expired secrets": {"expired_secrets", func(t *tenant) {
			t.add(signIn{at: at(1, 12, 0, 0), app: "Nightly backup", code: 7000222})
		}, []string{"the secret or certificate of Nightly backup has expired"}, 1, 1},
		"unknown code": {"unknown_codes", func(t *tenant) {
			t.add(signIn{at: at(1, 12, 0, 0), code: 98765432})
		}, []string{"the catalog has no entry"}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := quiet()
			attack.plant(tenant)
			var first string
			for _, o := range orders {
				r := reportOf(t, DefaultOptions(), 2, tenant.in(o))
				k := r.kind(t, attack.kind)
				require.Equal(t, attack.found, k.Total, "%s: %+v", o, k.Findings)
				for i, part := range attack.want {
					assert.Contains(t, k.Findings[i].Text, part, o)
				}
				f := k.Findings[0]
				if attack.count > 0 {
					assert.Equal(t, attack.count, f.Count, o)
				}
				assert.NotZero(t, f.First)
				assert.GreaterOrEqual(t, f.Last, f.First)
				if attack.kind != "unknown_codes" {
					require.NotEmpty(t, f.IDs)
					for _, id := range f.IDs {
						assert.Contains(t, tenant.in(o), id, "ids are those of records")
					}
				}
				all := strings.Join(r.called(t), "\n")
				if first == "" {
					first = all
				}
				assert.Equal(t, first, all, "%s: the order of the input does not matter", o)
			}
		})
	}
}

// What only looks like an attack is not called one.
func TestNothingIsCalledAnAttack(t *testing.T) {
	for name, plant := range map[string]func(*tenant){
		"a quiet week": func(*tenant) {},
		"the password of everybody is refused for an hour": func(t *tenant) {
			for i := range people {
				for n := range 4 {
					t.add(signIn{at: at(1, 8, 10+n*5, i%60), user: person(i), address: office, code: 50126})
				}
			}
			for i := range people {
				t.add(signIn{at: at(1, 9, 30, i%60), user: person(i), address: office})
			}
		},
		"that, at many places, and nobody had been there": func(t *tenant) {
			for site := range 4 {
				for i := range 18 {
					for n := range 15 {
						t.add(signIn{at: at(1, 8, n*3, i), user: person(site*18 + i), address: fmt.Sprintf("198.18.%d.7", site), code: 50126})
					}
					t.add(signIn{at: at(1, 9, 30, i), user: person(site*18 + i), address: fmt.Sprintf("198.18.%d.7", site)})
				}
			}
		},
		"that, and the input ends before it is over": func(t *tenant) {
			for site := range 4 {
				for i := range 18 {
					t.add(signIn{at: at(1, 8, 3, i), user: person(site*18 + i), address: fmt.Sprintf("198.18.%d.7", site), code: 50126})
				}
			}
		},
		"MFA does not work for an hour": func(t *tenant) {
			for i := range people {
				for n := range 7 {
					t.add(signIn{at: at(1, 8, n*4, i%60), user: person(i), address: office, code: 500121, requirement: multi,
						detail: "Authentication failed during strong authentication request."})
				}
				t.add(signIn{at: at(1, 8, 40, i%60), user: person(i), address: office, requirement: multi})
			}
		},
		"a phone goes on with the old password": func(t *tenant) {
			for n := range 60 {
				t.add(signIn{at: at(2, 12, n, 0), user: person(7), address: home(7), code: 50126, client: "Mobile Apps and Desktop clients"})
			}
			t.add(signIn{at: at(2, 13, 30, 0), user: person(7), address: home(7), client: "Mobile Apps and Desktop clients"})
			t.add(signIn{at: at(0, 20, 0, 0), user: person(7), address: home(7)})
		},
		"a laptop of the tenant does, in a hotel": func(t *tenant) {
			for n := range 60 {
				t.add(signIn{at: at(2, 12, n, 0), user: person(7), address: "198.18.9.9", code: 50126, more: `,"deviceDetail":{"trustType":"Azure AD joined"}`})
			}
			t.add(signIn{at: at(2, 13, 30, 0), user: person(7), address: "198.18.9.9", more: `,"deviceDetail":{"trustType":"Azure AD joined"}`})
		},
		"expired passwords": func(t *tenant) {
			for i := range people {
				t.add(signIn{at: at(3, 8, 0, i%60), user: person(i), address: office, code: 50055})
				t.add(signIn{at: at(3, 8, 5, i%60), user: person(i), address: office})
			}
		},
		"people on the road": func(t *tenant) {
			for day := range 5 {
				for i := range 10 {
					place := fmt.Sprintf("198.18.%d.%d", 10*day+i, 30+i)
					for n := range 3 {
						t.add(signIn{at: at(day, 19, n, i), user: person(i), address: place, code: 50126})
					}
					t.add(signIn{at: at(day, 19, 5, i), user: person(i), address: place, code: 50074, requirement: multi})
					t.add(signIn{at: at(day, 19, 6, i), user: person(i), address: place, requirement: multi})
				}
			}
		},
		"a conference: people of the tenant at one hotel": func(t *tenant) {
			for i := range 30 {
				if i%2 == 0 {
					t.add(signIn{at: at(2, 18, i, 0), user: person(i), address: "198.18.5.5", code: 50126})
				}
				t.add(signIn{at: at(2, 18, i, 30), user: person(i), address: "198.18.5.5", requirement: multi})
			}
		},
		"apps with a wrong secret": func(t *tenant) {
			for n := range 200 {
				t.add(signIn{at: at(1, 1, n%60, n/60), user: fmt.Sprintf("app%d", n%20), address: attacker, code: 7000215})
			}
		},
		"a sync client that is refused by a service that is down": func(t *tenant) {
			for i := range people {
				for n := range 20 {
					t.add(signIn{at: at(1, 8, n, i%60), user: person(i), address: office, code: 90033})
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := quiet()
			plant(tenant)
			for _, o := range orders {
				assert.Empty(t, reportOf(t, DefaultOptions(), 2, tenant.in(o)).called(t), o)
			}
		})
	}
}

func TestThresholds(t *testing.T) {
	tenant := quiet()
	for i := range 6 {
		tenant.add(signIn{at: at(2, 3+i, 0, 0), user: person(i), address: attacker, code: 50126})
	}
	tenant.add(signIn{at: at(2, 12, 0, 0), user: person(3), address: attacker})
	o := DefaultOptions()
	assert.Empty(t, reportOf(t, o, 1, tenant.in("")).called(t))
	o.SprayAccounts, o.SprayWindow = 6, 6*time.Hour
	k := reportOf(t, o, 1, tenant.in("")).kind(t, "spray_then_accepted")
	assert.Equal(t, 1, k.Total)
	assert.Contains(t, k.Rule, "at least 6 accounts within 6 hours")
	o.SprayWindow = 4 * time.Hour
	assert.Empty(t, reportOf(t, o, 1, tenant.in("")).called(t))
}

func TestTopCutsFindings(t *testing.T) {
	tenant := quiet()
	for i := range 9 {
		tenant.add(signIn{at: at(1, 1, 0, 0), user: person(i), code: 50057})
	}
	o := DefaultOptions()
	o.Top = 4
	r := reportOf(t, o, 1, tenant.in(""))
	assert.Equal(t, 9, r.kind(t, "disabled_accounts").Total)
	assert.Len(t, r.kind(t, "disabled_accounts").Findings, 4)
	assert.Len(t, r.Accounts.Rows, 4)
	assert.Equal(t, Number{N: people}, r.Accounts.Number)
}
