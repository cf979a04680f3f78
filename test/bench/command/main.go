// Command command measures entra-signin beside jq and others that Debian has, on one file in one run:
//
//	go run ./test/bench/command build/entra-signin
//
// It writes a file of -mb megabytes with sign-ins of 2 kB as Azure Monitor writes them, runs each program over it -rounds times in
// turn, and prints the medians: wall time, processor time, peak memory, and wall time as a part of that of jq. Programs that are not
// on PATH are left out, and are named.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// programs by name. A first word of "" is entra-signin.
var programs = []struct {
	name string
	args []string
}{
	{"enrich", []string{"", "enrich", "--quiet"}},
	{"report", []string{"", "report", "--json"}},
	{"jq -c .", []string{"jq", "-c", "."}},
	{"python3, json", []string{"python3", "-c", "import json,sys\nfor l in open(sys.argv[1]): print(json.dumps(json.loads(l)))"}},
	{"mlr --json cat", []string{"mlr", "--ijsonl", "--ojsonl", "cat"}},
	{"cat", []string{"cat"}},
}

type run struct {
	wall, cpu time.Duration
	memory    int64 // kB
}

func main() {
	log.SetFlags(0)
	mb := flag.Int("mb", 500, "megabytes of records")
	rounds := flag.Int("rounds", 3, "of each program")
	keep := flag.String("file", "", "measure on this file instead")
	only := flag.String("write", "", "write the records to this file, and measure nothing")
	wide := flag.Bool("wide", false, "records of more accounts and addresses than a report keeps")
	flag.Parse()
	if *only != "" {
		if err := generate(*only, *mb<<20, *wide); err != nil {
			log.Fatal("command: ", err)
		}
		return
	}
	if flag.NArg() != 1 {
		log.Fatal("needs one argument: the built entra-signin")
	}
	if err := measure(flag.Arg(0), *keep, *mb, *rounds, *wide); err != nil {
		log.Fatal("command: ", err)
	}
}

func measure(command, file string, mb, rounds int, wide bool) error {
	if file == "" {
		dir, err := os.MkdirTemp("", "entra-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		file = filepath.Join(dir, "signins.jsonl")
		if err := generate(file, mb<<20, wide); err != nil {
			return err
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	runs := make([][]run, len(programs))
	for range rounds {
		for i, p := range programs {
			args := slices.Clone(p.args)
			if args[0] == "" {
				args[0] = command
			}
			one, err := once(append(args, file))
			if errors.Is(err, exec.ErrNotFound) {
				continue
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			runs[i] = append(runs[i], one)
		}
	}
	return table(os.Stdout, info.Size(), runs)
}

// once runs a program with its output thrown away.
func once(args []string) (run, error) {
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec // the programs above
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return run{}, err
	}
	r := run{wall: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.memory = usage.Maxrss
	}
	return r, nil
}

func table(out io.Writer, size int64, runs [][]run) error {
	var jq time.Duration
	medians := make([]run, len(runs))
	for i, of := range runs {
		if len(of) == 0 {
			log.Printf("left out, not on PATH: %s", programs[i].name)
			continue
		}
		slices.SortFunc(of, func(a, b run) int { return int(a.wall - b.wall) })
		medians[i] = of[len(of)/2]
		if strings.HasPrefix(programs[i].name, "jq") {
			jq = medians[i].wall
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "program\twall_s\tcpu_s\tMB/s\tpeak_MB\tof jq\t")
	for i, m := range medians {
		if m.wall == 0 {
			continue
		}
		of := "-"
		if jq > 0 {
			of = fmt.Sprintf("%.3f", m.wall.Seconds()/jq.Seconds())
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.0f\t%d\t%s\t\n", programs[i].name, m.wall.Seconds(), m.cpu.Seconds(), float64(size)/1e6/m.wall.Seconds(), m.memory/1024, of)
	}
	return w.Flush()
}

// generate writes sign-ins of some 2 kB until the file has so many bytes. The same size gives the same file. Those of a wide file are
// of accounts and addresses without end: ten million records have 700,000 of the one and seven million of the other.
func generate(name string, size int, wide bool) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	random := rand.New(rand.NewPCG(50126, 1)) //nolint:gosec // predictable is what the numbers have to be
	codes := []int{0, 0, 0, 0, 0, 0, 50126, 50076, 50140, 500121, 50074, 0}
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for n, written := 0, 0; written < size; n++ {
		user, code := int(random.ExpFloat64()*5000), codes[random.IntN(len(codes))]
		address := fmt.Sprintf("10.%d.%d.%d", user/250%250, user%250, random.IntN(3))
		if wide {
			user = int(random.ExpFloat64() * 150_000)
			address = fmt.Sprintf("%d.%d.%d.%d", 20+random.IntN(64), random.IntN(256), random.IntN(256), random.IntN(4)*60)
		}
		apart := 3 * time.Second
		if wide {
			apart /= 10
		}
		at := monday.Add(time.Duration(n) * apart).Format(time.RFC3339)
		id := fmt.Sprintf("5a000004-7c3e-4d2b-8f10-%012d", n)
		k, err := fmt.Fprintf(out, record, at, code, address, id, at, user, user, user%40, user%40, address, code)
		if err != nil {
			return err
		}
		written += k
	}
	return errors.Join(out.Flush(), f.Close())
}

var record = strings.ReplaceAll(`{"time":"%s","resourceId":"/tenants/9d2f0c11-5b1e-4c57-b3b4-7f4f6a1c0de0/providers/Microsoft.aadiam",
"operationName":"Sign-in activity","operationVersion":"1.0","category":"SignInLogs","tenantId":"9d2f0c11-5b1e-4c57-b3b4-7f4f6a1c0de0",
"resultType":"%d","resultSignature":"None","durationMs":0,"callerIpAddress":"%s","identity":"Carla Mensah","Level":4,"location":"FR",
"properties":{"id":"%s","createdDateTime":"%s","userDisplayName":"User %d","userPrincipalName":"user%d@contoso.com",
"appId":"1f2a9f50-1111-4c1e-9a57-0d6c1e0a%04d","appDisplayName":"App %d","ipAddress":"%s","status":{"errorCode":%d,
"failureReason":"Other.","additionalDetails":"MFA required in Azure AD"},"clientAppUsed":"Browser",
"userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
"deviceDetail":{"deviceId":"","operatingSystem":"Windows 11","browser":"Edge 131.0.0"},"location":{"city":"Lyon","state":"Rhone",
"countryOrRegion":"FR","geoCoordinates":{"latitude":45.764,"longitude":4.8357}},"mfaDetail":{},"conditionalAccessStatus":"notApplied",
"appliedConditionalAccessPolicies":[{"id":"00000000-0000-4000-8000-000000000001","displayName":"Require MFA for all users",
"enforcedGrantControls":["Mfa"],"enforcedSessionControls":[],"result":"notApplied"},{"id":"00000000-0000-4000-8000-000000000002",
"displayName":"Block legacy authentication","enforcedGrantControls":["Block"],"enforcedSessionControls":[],"result":"notApplied"}],
"authenticationDetails":[{"authenticationMethod":"Password","authenticationMethodDetail":"Password in the cloud","succeeded":true,
"authenticationStepResultDetail":"Correct password","StatusSequence":0,"RequestSequence":1}],"authenticationProcessingDetails":[
{"key":"Legacy TLS (TLS 1.0, 1.1, 3DES)","value":"False"},{"key":"Is CAE Token","value":"False"}],"riskDetail":"none",
"riskLevelAggregated":"none","riskLevelDuringSignIn":"none","riskState":"none","riskEventTypes":[],"isInteractive":true,
"tokenIssuerType":"AzureAD","authenticationRequirement":"multiFactorAuthentication","authenticationProtocol":"none"}}`, "\n", "") + "\n"
