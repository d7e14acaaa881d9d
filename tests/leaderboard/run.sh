#!/usr/bin/env bash
# The leaderboard on small data of every format and split, and on every wrong input: good runs end in a board, wrong
# ones in a sentence that says what would be right, and in the documented exit code.
#
#   run.sh LEADERBOARD GENERATE WORK_FOLDER
set -u
leaderboard=$1
generate=$2
work=$3
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
failed=0

fail() {
  echo "FAILED: $*"
  failed=$((failed + 1))
}

# run CODE PATTERN COMMAND...: runs, and looks for the pattern in what was said.
run() {
  local code=$1 pattern=$2
  shift 2
  "$@" >said.txt 2>&1 </dev/null
  local got=$?
  [ "$got" -eq "$code" ] || fail "exit code $got instead of $code for: $*: $(tail -n 2 said.txt)"
  grep -Eq -- "$pattern" said.txt || fail "nothing like '$pattern' for: $*: $(tail -n 2 said.txt)"
}
board() {
  local code=$1 pattern=$2
  shift 2
  run "$code" "$pattern" "$leaderboard" --seconds 0.01 --replicates 100 "$@"
}
# A figure of the board in said.txt: figure MODEL COLUMN, of the first table.
figure() { awk -v model="$1" -v column="$2" '$1 == model { print $column; exit }' said.txt; }
less() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && b != "" && a < b) }'; }

# The generator: what was asked for, the same bytes for the same seed, others for another.
small=(--customers 400 --items 200 --interactions 8000)
for format in lightgcn csv movielens; do
  run 0 '400 customers, 200 items, 8000 interactions' "$generate" --out "$format" --format "$format" "${small[@]}" \
    --features yes --friends 5
  "$generate" --out again --format "$format" "${small[@]}" --features yes --friends 5 >/dev/null
  for file in "$format"/*; do
    cmp -s "$file" "again/${file##*/}" || fail "$file differs for one seed"
  done
done
"$generate" --out other "${small[@]}" --seed 2 >/dev/null
cmp -s other/train.txt lightgcn/train.txt && fail 'two seeds give the same data'
[ "$(cat lightgcn/train.txt lightgcn/test.txt | awk '{ n += NF - 1 } END { print n }')" -eq 8000 ] ||
  fail 'the files do not hold all interactions'
awk '{ delete had; for (i = 2; i <= NF; ++i) if (had[$i]++) exit 1 }' lightgcn/train.txt || fail 'an item twice'
run 0 'people: 500 persons, [0-9]+ records' "$generate" --out people --format identities --persons 500
"$generate" --out again --format identities --persons 500 >/dev/null
cmp -s people/identities.csv again/identities.csv || fail 'identities differ for one seed'
head -n 1 people/identities.csv | grep -q 'user_id,cluster,household$' || fail 'identities lack their truth'
[ "$(awk -F, 'NR > 1 { print $(NF - 1) }' people/identities.csv | sort -u | wc -l)" -eq 500 ] ||
  fail 'not every person has a record'
run 2 "'typos' must be in 0 to 1" "$generate" --out x --format identities --typos 2
run 0 'Exit codes' "$generate" --help
run 2 'needs a whole number' "$generate" --out x --items many
run 2 "'items' must be in 4" "$generate" --out x --items 3
run 2 'lightgcn, csv, movielens or identities' "$generate" --out x --format xml
run 2 'is not an option' "$generate" --bogus 1
run 2 '--out DIR is needed' "$generate"
touch file
run 1 'file' "$generate" --out file/below

# Every format; personal models beat popularity on data that have tastes.
board 0 'Tested on the test side that the files give' --data lightgcn popularity neighbours als:factors=16
less "$(figure popularity 3)" "$(figure neighbours 3)" || fail 'popularity is better than neighbours'
board 0 'Tested on the latest 20 % of all events' --data movielens popularity transitions rules fpmc:epochs=5
less "$(figure popularity 3)" "$(figure transitions 3)" || fail 'popularity is better than transitions'
board 0 '399 customers|400 customers' --data csv/orders.csv --mapping csv/mapping.json popularity tifu_knn \
  session_neighbours
board 0 'feature_als' --data lightgcn --item-features lightgcn/item_features.txt --links lightgcn/friends.txt \
  feature_als:factors=16 social_als:factors=16
board 0 'RMSE' --data movielens --ratings yes
less "$(figure biased_mf 2)" 1.2 || fail 'ratings are not predicted'
mkdir -p sampled
printf '0\t1\t5\n0\t2\t3\n1\t1\t4\n1\t3\t4\n2\t2\t1\n2\t3\t5\n' >sampled/a.train.rating
printf '0\t3\t5\n1\t2\t5\n' >sampled/a.test.rating
printf '(0,3)\t4\t5\t3\n(1,2)\t4\t5\t5\n' >sampled/a.test.negative
board 0 'sampled negatives' --data sampled --k 1,2 neighbours
[ "$(figure neighbours 2)" = 1.0000 ] || fail 'the held-out items are not found'

# Every split, blends, all others of the models, tuning.
generated=(--customers 300 --items 150 --interactions 6000)
board 0 "every customer's last 2 events" "${generated[@]}" --split last-n --last 2 'blend(als:factors=8,ease):weights=1/2'
board 0 "of every customer's items, drawn at random" "${generated[@]}" --split holdout --test-share 0.3 slim \
  'stack(ease,popularity)'
board 0 'customers that are not in train' "${generated[@]}" --split user-disjoint --fold 1 ease customer_neighbours
board 0 'sparse_ease' "${generated[@]}" sparse_ease warp:epochs=3 bpr:epochs=3 'short=neighbours:weighting=jaccard'
board 0 'tuned, [0-9]+ trials' "${generated[@]}" --tune 9 ease als:factors=8 popularity 'blend(ease,neighbours)'
board 0 'tuned' "${generated[@]}" --ratings yes --tune 3 biased_mf:sweeps=9 rating_neighbours
board 0 'Page: page.html' "${generated[@]}" --html page.html --k 5,10 popularity '<b>=ease'
grep -q '<b>=ease\|<b></' page.html && fail 'a label is not escaped'
grep -q 'http-equiv="Content-Security-Policy"' page.html || fail 'the page is not whole'

# The same board for any number of threads, but for the time it took.
models=(neighbours als:factors=8 ease bpr:epochs=3 customer_neighbours 'blend(als:factors=8,ease)')
board 0 'Lists of 20' "${generated[@]}" "${models[@]}" --threads 1
sed '/^Cost/,$d' said.txt >one.txt
board 0 'Lists of 20' "${generated[@]}" "${models[@]}" --threads 3
sed '/^Cost/,$d' said.txt | diff one.txt - >differences.txt || fail "threads change the board: $(head -n 3 differences.txt)"

# The command line.
board 0 'Exit codes' --help
board 2 "'--bogus' is not an option" --bogus 1
board 2 'needs a value' --data
board 2 "there is no model 'foo'; there are popularity" foo
board 2 "'als' has no option 'factor'; it has factors" als:factor=3
board 2 "'factors' of 'als' needs a whole number, got 'x'" als:factors=x
board 2 "'lambda' must be" als:lambda=-1
board 2 "'solver' of 'als' needs exact\|conjugate_gradient\|block" als:solver=magic
board 2 'a bracket is not closed' 'blend(als'
board 2 'needs a number a model' 'blend(als,ease):weights=1'
board 2 'asked for twice' als als
board 2 'is more than the 150 items' "${generated[@]}" --k 151 als
board 2 'needs a whole number from 1 to 1000' --k 0
board 2 'does not predict ratings' --ratings yes als
board 2 'goes with --ratings' svd_pp
board 2 'needs --links' social_als
board 2 'have no times' --data lightgcn --split time
board 2 'have no times' --data lightgcn transitions
board 2 '--ratings needs ratings' --data lightgcn --ratings yes

# Files that cannot be used.
board 1 'nowhere: there is no such file' --data nowhere
mkdir -p empty
board 1 'neither train.txt' --data empty
mkdir -p no_test && cp lightgcn/train.txt no_test
board 1 'test.txt: cannot read' --data no_test
mkdir -p blank && : >blank/train.txt && : >blank/test.txt
board 1 'no interaction to learn from' --data blank
mkdir -p bad && printf '0 1 2\n1 x 3\n' >bad/train.txt && printf '0 3\n' >bad/test.txt
board 1 "bad/train.txt:2: 'x' is no item; a line is a customer and the items" --data bad
printf '1::2::3::4\n1::2\n' >short.dat
board 1 'short.dat:2: there is no rating; a line is customer, item, rating' --data short.dat
board 1 'no rating reaches the threshold' --data movielens --threshold 6
board 2 'a CSV file needs --mapping' --data csv/orders.csv
board 1 'mapping.jsn' --data csv/orders.csv --mapping csv/mapping.jsn
mkdir -p known && printf '0 1 2\n1 2 3\n' >known/train.txt && printf '0 1\n' >known/test.txt
board 0 'known: 2 customers, 3 items' --data known --k 2 popularity
board 0 '1 customers' --customers 1 --items 4 --interactions 5 --k 2 --split last-n als
board 1 'not enough memory|max_bytes' "${generated[@]}" ease:max_bytes=1000 popularity

if [ "$failed" -gt 0 ]; then
  echo "$failed expectations failed"
  exit 1
fi
echo 'leaderboard: all expectations hold'
