package filter

// builtin are the places where records of known shapes keep their code, in the order in which they are asked, and after
// them the places of everything else that a decision needs. README.md, "Where the code is found", tells the user.
var builtin = []place{
	{path: "status.errorCode", role: codeValue, trust: own},
	{path: "properties.status.errorCode", role: codeValue, trust: own},
	{path: "azure.signinlogs.properties.status.error_code", role: codeValue, trust: own},
	{path: "resultType", role: codeValue, trust: shared},
	{path: "azure.signinlogs.result_type", role: codeValue, trust: own},
	{path: "ErrorNumber", role: codeValue, trust: marked}, // SQL Server counts its errors from 50000 under this name
	{path: "properties.ErrorCode", role: codeValue, trust: marked},
	{path: "ErrorCode", role: codeValue, trust: marked},
	{path: "error_codes", role: codeValue, trust: shared},
	{path: "error.code", role: codeValue, trust: marked},
	{path: "error_description", role: codeText | reasonText, trust: inWords},
	{path: "message", role: codeText, trust: inWords},
	{path: "log", role: codeText, trust: inWords},
	{path: "LogonError", role: codeName | reasonText, trust: shared},

	{path: "category", role: signInMark | azureHead, marks: namesSignIns},
	{path: "operationName", role: signInMark | azureHead, marks: isSignInActivity},
	{path: "Type", role: signInMark, exact: true, marks: namesSignIns}, // the table of a Log Analytics row
	{path: "event.dataset", role: signInMark, marks: hintsSignIns},
	{path: "data_stream.dataset", role: signInMark, marks: hintsSignIns},
	{path: "event.action", role: signInMark, marks: isSignInActivity},
	{path: "Operation", role: signInMark, marks: isUserLogin},
	{path: "AccountUpn", role: signInKey, exact: true}, // the account of a row of Defender's hunting tables
	{path: "AccountObjectId", role: signInKey, exact: true},
	{path: "userPrincipalName", role: principal},
	{path: "properties.userPrincipalName", role: principal},
	{path: "servicePrincipalId", role: principal},
	{path: "properties.servicePrincipalId", role: principal},

	{path: "status.failureReason", role: reasonText},
	{path: "properties.status.failureReason", role: reasonText},
	{path: "resultDescription", role: reasonText},
	{path: "azure.signinlogs.result_description", role: reasonText},

	{path: "records", role: recordList}, // listKeys names these too
	{path: "value", role: recordList},
	{path: tablesKey, role: recordList},
}

// textMaps are keys that lead to more places and whose map may be JSON in a string: Log Analytics has Status so in some
// tables, and exports properties.
var textMaps = []string{"status", "properties"}

// times are the places of eventTime, in the order in which they are asked.
var times = []string{
	"time", "createdDateTime", "TimeGenerated", "CreationTime", "@timestamp",
	"properties.createdDateTime", "Timestamp", "properties.Timestamp",
}
