#!/usr/bin/env bash
# The storefront as a shop owner meets it: good runs end in a report, every wrong input ends in a sentence and the
# documented exit code, or is counted as a rejection.
#
#   run.sh STOREFRONT WORK_FOLDER
set -u
storefront=$1
work=$2
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
failed=0

fail() {
  echo "FAILED: $*"
  failed=$((failed + 1))
}

# expect EXIT_CODE PATTERN ARGUMENT...: runs, and looks for the pattern in what was said.
expect() {
  local code=$1 pattern=$2
  shift 2
  "$storefront" "$@" >said.txt 2>&1 </dev/null
  local got=$?
  [ "$got" -eq "$code" ] || fail "exit code $got instead of $code for: $*: $(tail -n 2 said.txt)"
  grep -Eq -- "$pattern" said.txt || fail "nothing like '$pattern' in: $(tail -n 2 said.txt)"
}

# orders NAME: standard input as an orders file with the usual header.
orders() {
  { echo 'order,time,customer,item,quantity,price,currency'; cat; } >"$1"
}
cat >mapping.json <<'JSON'
{"table": "orders", "currency": "EUR",
 "fields": [{"source": "order", "target": "order"}, {"source": "time", "target": "time", "format": "iso"},
            {"source": "customer", "target": "customer"}, {"source": "item", "target": "item"},
            {"source": "quantity", "target": "quantity"},
            {"source": "price", "target": "unit_price", "decimal": "."}]}
JSON
sed 's|"currency": "EUR",|"currency": "EUR", "comment": "with a column",|; s|{"source": "order",|{"source": "currency", "target": "currency"}, &|' \
  mapping.json >mapping_currency.json
good='1,2026-01-02T10:00:00Z,ann,tea,1,2.50,EUR
2,2026-01-03T10:00:00Z,ben,pot,1,9.00,EUR
3,2026-02-03T10:00:00Z,ann,pot,2,9.00,EUR'
run() { expect "$1" "$2" --orders "$3" --mapping "${4:-mapping.json}" --out "out_${3%.csv}"; }

# The command line.
expect 0 'Exit codes' --help
expect 2 "'--bogus' is not an option" --bogus
expect 2 'needs a whole number from 1 to 1000000' --people 0
expect 2 'needs a whole number' --seed -1
expect 2 'belong together' --orders x.csv
expect 2 'needs a value' --out
expect 2 'belongs to --orders' --touches x.csv
expect 2 '--surveys belongs to --orders' --surveys x.csv
expect 2 '--lead-events belongs to --leads' --orders x.csv --mapping y.json --lead-events x.csv

# Good runs: a report at the end, the same bytes for any number of threads.
expect 0 '^Report: .*/report\.html$' --people 400 --out one --threads 1
expect 0 '^Report: ' --people 400 --out two --threads 2
for file in report.html customers_scored.csv segments.csv cohorts.csv models.csv recommendations.csv quarantine.csv \
  next_orders.csv demand.csv \
  bought_together.csv due_again.csv friends.csv customers.csv duplicates.csv merges.csv golden_profiles.csv \
  quarantine_records.csv touches.csv rewards.csv ledger.csv quarantine_touches.csv truth_tricks.csv \
  surveys.csv reviews.csv cases.csv leads.csv lead_events.csv truth_reviews.csv satisfaction.csv reviews_read.csv \
  leads_graded.csv unusual_orders.csv returns.csv case_rates.csv quarantine_surveys.csv; do
  [ -s "one/$file" ] || fail "$file is missing"
done
sed -i -E 's#two/((orders|customers|touches|surveys|reviews|cases|leads|lead_events)\.csv)#one/\1#' two/report.html two/quarantine*.csv
diff -rq one two >differences.txt || fail "threads change the result: $(cat differences.txt)"
[ "$("$storefront" --people 50 --out last | tail -n 1)" = "Report: $PWD/last/report.html" ] || fail 'the last line'
echo "$good" | orders good.csv
run 0 '3 rows read, 3 kept, 0 rejected' good.csv
grep -q 'Who is who is left out: no personal records' said.txt || fail 'nothing is said of who is who'
grep -q 'every customer key counts as one person' out_good/report.html || fail 'the report does not say so'

# What the generated shop planted is found: companions are rules, what is used up is due, friends help.
expect 0 '^Report: ' --out planted
ndcg() { awk -F, -v model="$1" '$1 == model && $2 == "NDCG@10" { print $3 }' planted/models.csv; }
better() { awk -v a="$(ndcg "$1")" -v b="$(ndcg "$2")" 'BEGIN { exit !(a > b && b > 0) }' || fail "$1 is not better than $2"; }
better 'social blend' 'most popular'
better 'social blend' als
better 'item neighbours' 'most popular'
better blend 'most popular'
cover() { awk -F, -v model="$1" '$1 == model && $2 == "Coverage@10" { print $3 }' planted/models.csv; }
awk -v a="$(cover content)" -v b="$(cover 'item neighbours')" 'BEGIN { exit !(a > b) }' ||
  fail 'content does not reach more of the shop than neighbours'
awk -F, 'NR == FNR { companion[$1] = $2; next }
         FNR > 1 && FNR <= 31 { rules++; found += companion[$1] == $3 || companion[$3] == $1 }
         END { exit !(rules == 30 && found >= 24) }' planted/truth_items.csv planted/bought_together.csv ||
  fail 'of the best 30 rules fewer than 24 were planted'
awk -F, 'FNR > 1 && $8 < 3 { exit 1 }' planted/bought_together.csv || fail 'a rule with less lift than asked for'
awk -F, 'NR == FNR { lasts[$1] = $3; next }
         FNR > 1 && FNR <= 101 { n++; found += lasts[$2] > 0 }
         END { exit !(n == 100 && found >= 80) }' planted/truth_items.csv planted/due_again.csv ||
  fail 'of the 100 likeliest purchases fewer than 80 are of what is used up'
grep -q 'social blend,friends,[0-9]* friend' planted/recommendations.csv || fail 'nobody is shown what friends have'
[ "$(head -n 1 planted/recommendations.csv)" = \
  'customer,rank,item,name,score,model,reason_kind,reason,rank_before' ] || fail 'the columns of recommendations'

# The people behind the records are found, and histories made whole.
grep -Eq 'records of [0-9]+ people: [0-9]+ duplicates found' said.txt || fail 'no duplicates are told of'
awk '/Against the truth/ { for (i = 2; i <= NF; i++) if ($(i - 1) == "F1") { n++; low += $i + 0 < 0.9 } }
     END { exit !(n == 2 && low == 0) }' said.txt || fail "F1 below .9: $(grep Against said.txt)"
awk '$1 == "before" { before = $2; back = $7 } $1 == "after" { exit !($2 < before && $7 > back + 5) }' said.txt ||
  fail "merging makes no history whole: $(grep -E '^ +(before|after)' said.txt)"
for text in 'One person, many records' 'Golden profile' 'are one person' 'are two people' 'A contested case' \
  'Against the truth' 'How the records were linked' 'Blocking rules' 'What customers are worth' \
  'How the models were fitted' 'What came true' 'Next orders' 'Seasons' 'Demand to come' 'Clusters of customers'; do
  grep -q "$text" planted/report.html || fail "the report has nothing on '$text'"
done
[ "$(head -n 1 planted/duplicates.csv)" = 'customer,person,records,orders,most_like,weight,probability' ] ||
  fail 'the columns of duplicates'
grep -q '@' planted/duplicates.csv planted/merges.csv && fail 'personal data among the keys'
awk -F, 'NR == FNR { person[$1] = $2; next } FNR > 1 { n++; right += person[$1] == person[$5] }
         END { exit !(n > 3000 && right > .95 * n) }' planted/truth_people.csv planted/duplicates.csv ||
  fail 'of the duplicates fewer than 95 in 100 are'

# Who brought whom, what they are owed, and what is planted against it.
grep -Eq '[0-9]+ customers were brought by [0-9]+ others' said.txt || fail 'nothing is said of who brought whom'
for text in 'Who brought whom' 'The tree of ' 'The referral funnel' 'Growth by referral' 'Are referred customers worth more' \
  'Who earned what, and why' 'Statement of ' 'What speaks against referrals' 'Waiting for somebody to look' \
  'The budget of rewards' 'Debits equal credits' 'The plan, audited' 'The most it could pay' 'several people'; do
  grep -q "$text" planted/report.html || fail "the report has nothing on '$text'"
done
[ "$(head -n 1 planted/rewards.csv)" = \
  'customer,account,order,referred,time,plan_version,rule,level,kind,desired,granted,posted,pending,state,why' ] ||
  fail 'the columns of rewards'
awk -F, 'FNR > 1 { n[$6]++; if ($11 + 0 > $10 + 0 || $12 + 0 > $11 + 0) bad++ }
         END { exit !(n[1] > 500 && n[2] > 500 && !bad) }' planted/rewards.csv ||
  fail 'rewards of both versions of the plan, none above what was granted'
awk -F, 'FNR > 1 && $9 == "cash" { who[$1, substr($5, 1, 7)] += $11 }
         END { for (one in who) if (who[one] > 40.001) exit 1 }' planted/rewards.csv ||
  fail 'a reward above the cap of the month'
awk -F, 'FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
         $at["unit"] == "EUR" && $at["kind"] == "post_pending" { n++; bad += $at["debit"] == $at["credit"] || $at["amount"] <= 0 }
         END { exit !(n > 500 && !bad) }' planted/ledger.csv || fail 'the transfers in the ledger'
# The owner of a trick's record earns nothing from who was brought by it.
awk -F, 'FILENAME ~ /people/ { person[$1] = $2; next }
         FILENAME ~ /tricks/ { if ($3 == "self" && person[$1] == person[$2]) self[person[$1]] = 1; next }
         FNR > 1 && $7 == "friend" && $11 + 0 > 0 && person[$1] == person[$4] { bad++ }
         END { exit bad > 0 }' planted/truth_people.csv planted/truth_tricks.csv planted/rewards.csv ||
  fail 'somebody is paid for bringing themselves'

# Who may leave, what customers say, what goes wrong: what was planted is found.
awk '/^Leaving/ { for (i = 1; i < NF; i++) if ($i == "AUC") auc = $(i + 1) } END { exit !(auc > .7) }' said.txt ||
  fail "those who leave are not told apart: $(grep Leaving said.txt)"
[ "$(head -n 1 planted/churn.csv)" = 'customer,leaves,value,at_risk,why' ] || fail 'the columns of churn'
awk -F, 'FNR > 1 { n++; bad += $2 < 0 || $2 > 1 || (FNR > 2 && $4 > last + .01); last = $4 }
         END { exit !(n > 500 && !bad) }' planted/churn.csv || fail 'churn is not ordered by value at risk'
grep -Eq '^  nps [0-9-]' said.txt || fail 'no net promoter score'
awk -F, '$1 == "nps" && $2 == "all" { exit !($5 <= $4 && $4 <= $6 && $3 > 800) }' planted/satisfaction.csv ||
  fail 'the score has no interval'
# Reviews that were bought are among the suspicious ones, honest ones hardly.
awk -F, 'NR == FNR { if (FNR > 1) bought[$1, $2, substr($3, 1, 10)] = 1; next }
         FNR > 1 { b = ($1, $2, $3) in bought; n[b]++; hit[b] += $6 >= .5 }
         END { exit !(n[1] >= 25 && hit[1] > .7 * n[1] && hit[0] < .03 * n[0]) }' \
  planted/truth_reviews.csv planted/reviews_read.csv || fail 'bought reviews are not told from honest ones'
awk -F, 'FNR > 1 && $4 != "" { n[$4 >= 4]++; right[$4 >= 4] += ($4 >= 4) == ($5 > 0) }
         END { exit !(right[1] > .9 * n[1] && right[0] > .5 * n[0]) }' planted/reviews_read.csv ||
  fail 'how reviews feel does not go with their stars'
awk -F, 'FNR > 1 { place = index("ABCD", substr($2, 1, 1)) + substr($2, 2, 1); n++; bad += place < last; last = place }
         END { exit !(n > 200 && last == 8 && !bad) }' planted/leads_graded.csv || fail 'leads are not ordered by grade'
for text in 'Who may leave, and whom to call first' 'Leaving: do probabilities come true' 'Leaving: how many to call' \
  'How long customers stay' 'Net promoter score by month' 'Answers that are not to be trusted' 'Importance by performance' \
  'How reviews feel, by aspect' 'Who needs care' 'Reviews that look made up' 'Leads by grade' 'did the grades keep' \
  'Unusual orders' 'What is sent back' 'Cases by category' 'late parcel'; do
  grep -q "$text" planted/report.html || fail "the report has nothing on '$text'"
done

# Records of a host.
people() { expect "$1" "$2" --records "$3" --out "people_${3%.csv}"; }
cat >people.csv <<'CSV'
customer,full_name,email,birth_date,shoe size
ann,Ann Clifford,ann.clifford@mail.net,1981-03-04,38
ben,Benjamin Okafor,b.okafor@mail.net,1975-11-30,44
ann2,"Clifford, Ann",ann.clifford@mail.net,,39
CSV
people 0 "ignored: 'shoe size'" people.csv
grep -q '^3 records of [23] people' said.txt || fail 'three records are not told of'
[ -s people_people/report.html ] || fail 'no report on records alone'
[ ! -e people_people/customers_scored.csv ] || fail 'records alone have no orders'
grep -Eq 'ann\.clifford|Okafor' people_people/report.html && fail 'a host'"'"'s values stand unmasked in the report'
grep -q 'Against the truth' people_people/report.html && fail 'a truth that nobody knows'
expect 0 'No record is of a customer of the orders' --orders good.csv --mapping mapping.json --records one/customers.csv --out apart
expect 0 'before +2 customers' --orders good.csv --mapping mapping.json --records people.csv --out joined
expect 0 '^Report: ' --records one/customers.csv --out records_one --threads 1
expect 0 '^Report: ' --records one/customers.csv --out records_two --threads 2
diff -rq records_one records_two >differences.txt || fail "threads change who is who: $(cat differences.txt)"
people 1 'nobody\.csv' nobody.csv
: >empty_people.csv
people 1 'empty_people\.csv' empty_people.csv
echo 'given_name,email' >header_people.csv
people 1 'there is no record in it' header_people.csv
printf 'a,b\n1,2\n' >unknown_people.csv
people 1 'no column is known by its name; .*given_name' unknown_people.csv
printf 'email,email\na@b.de,c@d.de\n' >twice_people.csv
people 1 "email.*(once|twice)" twice_people.csv
printf '\xff\xfee\0m\0' >utf16_people.csv
people 1 'UTF-16' utf16_people.csv
mkdir -p folder_people.csv
people 1 'folder_people\.csv.*directory' folder_people.csv
{ cat people.csv; printf 'x,J\xe9r\xf4me,,,\ny,short\nz,"cut'; } >messy_people.csv
people 0 '6 rows read, 3 kept, 3 rejected' messy_people.csv
grep -q 'invalid_utf8' people_messy_people/quarantine_records.csv || fail 'a rejected record is not in the quarantine'
printf 'email,phone\n\xff\xfe,\xff\n' >bad_people.csv
people 1 'none of its 1 rows is sound' bad_people.csv
{ head -n 1 people.csv; for _ in 1 2 3 4 5; do echo 'k,,,,'; done; } >nothing_people.csv
people 0 '^5 records of 1 people' nothing_people.csv
{ cat people.csv; printf 'big,'; head -c 900000 /dev/zero | tr '\0' x; printf ',,,\n'; } >long_people.csv
people 0 '4 rows read, 4 kept' long_people.csv

# Files that are not orders.
: >empty.csv
run 1 'empty\.csv' empty.csv
orders header_only.csv </dev/null
run 1 'no order to look at' header_only.csv
mkdir -p folder.csv
run 1 'folder\.csv.*directory' folder.csv
run 1 'missing\.csv' missing.csv
printf '\xff\xfeo\0r\0d\0' >utf16.csv
run 1 'UTF-16' utf16.csv
echo 'a,b' >other.csv
run 1 "'order'|order" other.csv

# Links.
linked() { expect "$1" "$2" --orders one/orders.csv --mapping generated.json --links "$3" --out linked; }
cat >generated.json <<'JSON'
{"table": "orders", "currency": "EUR",
 "fields": [{"source": "order_no", "target": "order"}, {"source": "time", "target": "time"},
            {"source": "channel", "target": "channel"}, {"source": "customer", "target": "customer", "required": false},
            {"source": "country", "target": "customer.country"}, {"source": "item", "target": "item"},
            {"source": "name", "target": "item.name"}, {"source": "category", "target": "item.category"},
            {"source": "quantity", "target": "quantity"}, {"source": "unit_price", "target": "unit_price"}],
 "cancellations": {"rows": [{"target": "order", "prefix": "R"}]}}
JSON
expect 0 'left out: no links given' --orders one/orders.csv --mapping generated.json --out unlinked
grep -q 'left out: no links given' unlinked/report.html || fail 'the report does not say that there are no links'
grep -q 'social' unlinked/models.csv && fail 'a social recommender without links'
linked 0 'links read' one/friends.csv
grep -q 'social blend' linked/models.csv || fail 'no social recommender with links'
{ head -n 5 one/friends.csv; echo 'nobody,noone'; sed -n 2p one/friends.csv; echo 'C00001,C00001'; echo alone
  printf 'C00001,"cut'; } >messy.csv
linked 0 '^9 links read, [1-4] kept, [1-5] with an unknown customer' messy.csv
echo 'who,whom' >no_links.csv
linked 0 'left out: no link is between' no_links.csv
grep -q 'between two customers with orders' linked/report.html || fail 'the report does not say that no link was of use'
linked 1 'nolinks\.csv' nolinks.csv
: >empty_links.csv
linked 1 'empty_links\.csv' empty_links.csv
echo 'one column' >narrow.csv
linked 1 'two columns' narrow.csv
expect 2 'belongs to --orders' --links one/friends.csv

# Touches.
touched() { expect "$1" "$2" --orders good.csv --mapping mapping.json --touches "$3" --out "touched_${3%.csv}"; }
expect 0 'Who brought whom is left out: no touches' --orders good.csv --mapping mapping.json --out untouched
grep -q 'no touches were given' untouched/report.html || fail 'the report does not say that there are no touches'
[ ! -e untouched/rewards.csv ] || fail 'rewards without touches'
cat >touches.csv <<'CSV'
time,kind,channel,code,referrer,customer,visitor
2026-01-01T09:00:00Z,share,chat,ANN-1,ann,,
2026-01-02T09:00:00Z,click,chat,ann1,,,v1
2026-01-03T09:00:00Z,claim,chat,ANN1,,ben,v1
CSV
touched 0 '^3 touches read, 3 kept' touches.csv
grep -q '^1 customers were brought by 1 others' said.txt || fail 'who brought whom is not found'
grep -q '^ann,.*,ben,.*friend,1,cash,0.90,0.90' touched_touches/rewards.csv || fail 'the reward of who was brought'
{ cat touches.csv; printf '2026-01-03,claim,chat,XXX,,ben,\n2026-01-03,claim,,,zoe,ben,\n2026-01-03,claim,,,ann,zoe,\n'
  printf 'yesterday,claim,,,ann,ben,\n2026-01-03,look,,,ann,ben,\n2026-01-03,click,,,ann,,\n'
  printf '2026-01-03,claim,\xff,,ann,ben,\nshort\n2026-01-03,claim,,,ann,ann,\n2026-01-03,"cut'; } >messy_touches.csv
touched 0 '^13 touches read, 4 kept, 1 with a code that is nobody.s, 8 others left out' messy_touches.csv
grep -q 'invalid_utf8' touched_messy_touches/quarantine_touches.csv || fail 'a rejected touch is not in the quarantine'
echo 'time,kind,code' >no_touches.csv
touched 0 '^0 touches read' no_touches.csv
grep -q 'Nobody was brought by anybody' touched_no_touches/report.html || fail 'the report does not say that nobody was brought'
touched 1 'nowhere_touches\.csv' nowhere_touches.csv
: >empty_touches.csv
touched 1 'empty_touches\.csv' empty_touches.csv
printf 'a,b\n1,2\n' >unknown_touches.csv
touched 1 'touches need the columns time, kind' unknown_touches.csv
printf '\xff\xfet\0i\0' >utf16_touches.csv
touched 1 'UTF-16' utf16_touches.csv

# What customers say.
voiced() { # voiced EXIT_CODE PATTERN OPTION FILE [OPTION FILE]
  local code=$1 pattern=$2
  shift 2
  expect "$code" "$pattern" --orders good.csv --mapping mapping.json --out "voiced_${2%.csv}" "$@"
}
for what in 'Satisfaction is left out: no answers' 'Reviews are left out: none given' 'Leads are left out: none given' \
  'Cases are left out: none given' 'Who may leave is left out: the orders are of too short'; do
  grep -q "$what" <("$storefront" --orders good.csv --mapping mapping.json --out silent) || fail "nothing like '$what'"
done
for what in 'no answers to surveys were given' 'no reviews were given' 'no leads were given' 'no cases were given' \
  'too few orders to learn from'; do
  grep -q "$what" silent/report.html || fail "the report does not say that $what"
done
[ ! -e silent/satisfaction.csv ] && [ ! -e silent/churn.csv ] || fail 'results without what they are of'
cat >answers.csv <<'CSV'
time,customer,recommend,easy,product,delivery,seconds
2026-01-05,ann,10,7,5,5,60
2026-01-06,ben,3,2,2,1,70
2026-02-06,zoe,11,many,5,,80
yesterday,ann,9,7,5,5,60
CSV
printf '2026-02-07,ann,\xff,7,5,5,60\nshort\n2026-02-07,"cut' >>answers.csv
voiced 0 '^Surveys: 7 rows read, 3 kept, 1 of somebody unknown, 1 values no numbers' --surveys answers.csv
grep -q '^  nps 0.00 .*2 answers, 1 off the scale' said.txt || fail "answers off the scale are not counted: $(grep nps said.txt)"
grep -q 'invalid_utf8' voiced_answers/quarantine_surveys.csv || fail 'a rejected answer is not in the quarantine'
echo 'time,recommend' >no_answers.csv
voiced 0 '^Surveys: 0 rows read' --surveys no_answers.csv
grep -q 'Nobody has answered' voiced_no_answers/report.html || fail 'the report does not say that nobody answered'
printf 'time,comment\n2026-01-05,fine\n' >wordy_answers.csv
voiced 1 'needs one of the columns recommend' --surveys wordy_answers.csv
printf 'time,recommend\n2026-01-05,9\n' >one_answer.csv
voiced 0 '^  nps 100.00' --surveys one_answer.csv
printf 'time,recommend\n9999-12-31,9\n2026-01-05,1e308\n0001-01-01,9\n' >far_answer.csv
voiced 0 '^Surveys: 3 rows read, 1 kept, 0 of somebody unknown, 1 values no numbers' --surveys far_answer.csv
cat >words.csv <<'CSV'
time,customer,item,rating,text
2026-01-05,ann,tea,5,Lovely tea
2026-01-06,ben,pot,1,"The pot was broken, I was injured"
2026-01-07,,,,
CSV
voiced 0 'How they feel is left out: there are fewer than 20' --reviews words.csv
voiced 1 "there is no column 'text'" --reviews answers.csv
printf 'opened,closed,customer,category\n2026-01-05,2026-01-04,ann,broken\n2026-01-06,,zoe,late\n,,ann,late\n2026-01-07,,ann,\n' >turned.csv
voiced 0 '^Cases: 4 rows read, 2 kept, 1 of somebody unknown' --cases turned.csv
voiced 1 "there is no column 'opened'" --cases answers.csv
printf 'lead,industry,employees\nx1,retail,80\nx2,fishing,none\nx1,retail,90\n' >may_buy.csv
printf 'lead,time,event\nx1,2026-01-05,demo asked\nx9,2026-01-05,page view\nx2,never,page view\nx2,2026-01-06,whistled\n' >did.csv
voiced 0 '^Leads: 3 rows read, 2 kept, 0 of somebody unknown, 1 values no numbers' --leads may_buy.csv --lead-events did.csv
grep -q '^What leads did: 4 rows read, 3 kept, 1 of somebody unknown' said.txt || fail 'what leads did is not counted'
grep -q '^x1,.*demo asked' voiced_may_buy/leads_graded.csv || fail 'the grade of a lead has no reason'
voiced 0 '^Leads: 3 rows' --leads may_buy.csv
for option in surveys reviews cases leads; do
  voiced 1 'nowhere_said\.csv' --$option nowhere_said.csv
  : >empty_said.csv
  voiced 1 'empty_said\.csv' --$option empty_said.csv
  printf '\xff\xfet\0i\0' >utf16_said.csv
  voiced 1 'UTF-16' --$option utf16_said.csv
done

# Mappings that do not hold.
run 1 'nowhere\.json' good.csv nowhere.json
echo '{"fields": [' >broken.json
run 1 'JSON' good.csv broken.json
sed 's/"target": "customer"/"target": "person"/' mapping.json >target.json
run 1 '/fields/2/target' good.csv target.json
sed 's/"source": "price"/"source": "prices"/' mapping.json >column.json
run 1 "prices.*'?price'?" good.csv column.json

# Rows that cannot be used are counted and the rest is.
bad() { { echo "$good"; printf "$2"; } | orders "$1.csv"; run 0 "$3" "$1.csv" "${4:-mapping.json}"; }
bad negative '4,2026-01-02T10:00:00Z,cleo,tea,1,-2.50,EUR\n' '4 rows read, 3 kept, 1 rejected'
bad years '4,0000-01-02T10:00:00Z,cleo,tea,1,2.50,EUR\n5,9999-12-31T10:00:00Z,cleo,tea,1,2.50,EUR\n' \
  '5 rows read, 4 kept, 1 rejected'
bad latin1 '4,2026-01-02T10:00:00Z,cl\xe9o,tea,1,2.50,EUR\n' '4 rows read, 3 kept, 1 rejected'
bad nul '4,2026-01-02T10:00:00Z,cl\0eo,tea,1,2.50,EUR\n' '4 rows read, 3 kept, 1 rejected'
bad cut '4,2026-01-02T10:0' '4 rows read, 3 kept, 1 rejected'
bad quote '4,2026-01-02T10:00:00Z,"cleo,tea,1,2.50,EUR\n' '4 rows read, 3 kept, 1 rejected'
bad twice '3,2026-02-03T10:00:00Z,ann,pot,2,9.00,EUR\n' '4 rows read, 4 kept, 0 rejected'
bad yen '4,2026-01-02T10:00:00Z,cleo,tea,1,250,JPY\n' '4 rows read, 3 kept, 1 rejected' mapping_currency.json
{ echo "$good"; printf '4,2026-01-02T10:00:00Z,'; head -c 10000000 /dev/zero | tr '\0' x
  printf ',tea,1,2.50,EUR\n'; } | orders huge.csv
run 0 '4 rows read, 3 kept, 1 rejected' huge.csv
[ "$(wc -c <out_huge/quarantine.csv)" -lt 5000 ] || fail 'a huge field fills the quarantine'
grep -q 'cl.*o' out_latin1/quarantine.csv && fail 'a customer stands unmasked in the quarantine'
grep -q negative_price out_negative/quarantine.csv || fail 'the reason is not in the quarantine'
echo '1,2026-01-02T10:00:00Z,ann,tea,1,2.50,EUR' | orders one_customer.csv
run 0 '1 customers' one_customer.csv
echo '1,2026-01-02T10:00:00Z,,tea,1,2.50,EUR' | orders guests.csv
run 0 '1 without a customer' guests.csv

# Places that cannot be written to.
touch file
expect 1 "file" --people 50 --out file
(
  failed=0
  trap '' XFSZ
  ulimit -f 8 # blocks: every larger write fails as on a full disk
  expect 1 'orders\.csv|too large|No space' --people 300 --out full
  exit "$failed"
) || fail 'a full disk'

if [ "$failed" -gt 0 ]; then
  echo "$failed expectations failed"
  exit 1
fi
echo 'storefront: all expectations hold'
