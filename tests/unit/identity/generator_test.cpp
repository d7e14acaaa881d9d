#include "emptor/identity/generator.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "emptor/core/thread_pool.hpp"
#include "emptor/text/utf8.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

std::string_view value_of(const GeneratedIdentities& made, std::size_t row, const char* column) {
  return made.records.value(id_at<Record>(row), made.records.find_column(column).value());
}

bool same_row(const GeneratedIdentities& a, std::size_t i, const GeneratedIdentities& b,
              std::size_t j) {
  for (std::size_t c = 0; c < a.records.columns().size(); ++c) {
    if (a.records.value(id_at<Record>(i), c) != b.records.value(id_at<Record>(j), c)) return false;
  }
  return a.person[i] == b.person[j] && a.household[i] == b.household[j] &&
         a.channel[i] == b.channel[j] && a.time[i] == b.time[j] && a.marks[i] == b.marks[j];
}

bool same(const GeneratedIdentities& a, const GeneratedIdentities& b) {
  if (a.records.size() != b.records.size()) return false;
  for (std::size_t i = 0; i < a.records.size(); ++i) {
    if (!same_row(a, i, b, i)) return false;
  }
  return true;
}

std::size_t marked(const GeneratedIdentities& made, std::uint16_t mark) {
  return static_cast<std::size_t>(
      std::count_if(made.marks.begin(), made.marks.end(),
                    [&](std::uint16_t marks) { return (marks & mark) != 0; }));
}

/// The share of `hits` is `rate` within five standard errors of a sample whose members come in
/// bunches of about `bunch`.
void check_rate(const char* what, std::size_t hits, std::size_t of, double rate, double bunch = 1) {
  INFO(what);
  const double n = static_cast<double>(of);
  const double error = std::sqrt(rate * (1 - rate) * bunch / n);
  CHECK(static_cast<double>(hits) / n == Approx(rate).margin(5 * error));
}

std::string last_digits(std::string_view phone) {
  std::string digits;
  for (const char c : phone) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits.substr(digits.size() - std::min<std::size_t>(digits.size(), 9));
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = utf8_character(text, at);
    if (!character.valid) return false;
    at += character.bytes;
  }
  return true;
}

/// Nothing goes wrong but what a test turns on.
IdentityGeneratorOptions clean(std::size_t persons) {
  IdentityGeneratorOptions options;
  options.persons = persons;
  options.typos = options.missing = options.junk = options.nicknames = 0;
  options.swapped_names = options.swapped_dates = 0;
  options.shared_phones = options.shared_devices = options.recycled_numbers = 0;
  options.changed_phones = options.changed_emails = options.moves = options.marriages = 0;
  return options;
}

ErrorCode code_of(const IdentityGeneratorOptions& options) {
  try {
    (void)generate_identities(options);
  } catch (const Exception& refused) {
    return refused.code();
  }
  return ErrorCode{};
}

}  // namespace

TEST_CASE("identities are the same for any number of threads, and a seed's own") {
  IdentityGeneratorOptions options;
  options.persons = 6000;
  const GeneratedIdentities made = generate_identities(options);
  ThreadPool pool(4);
  Context context;
  context.executor = &pool;
  CHECK(same(made, generate_identities(options, context)));
  options.seed = 2;
  CHECK_FALSE(same(made, generate_identities(options, context)));
}

TEST_CASE("fewer persons give a front part of the records of more") {
  IdentityGeneratorOptions options;
  options.by_time = false;
  options.persons = 1000;
  const GeneratedIdentities more = generate_identities(options);
  for (const std::size_t persons : {std::size_t{0}, std::size_t{1}, std::size_t{300}}) {
    options.persons = persons;
    const GeneratedIdentities fewer = generate_identities(options);
    REQUIRE(fewer.records.size() <= more.records.size());
    bool front = true;
    for (std::size_t i = 0; i < fewer.records.size(); ++i) {
      front = front && same_row(fewer, i, more, i);
    }
    CHECK(front);
    CHECK(more.person[fewer.records.size()] == persons);
  }
  CHECK(std::is_sorted(more.person.begin(), more.person.end()));

  // By time: the same records in another order.
  options.persons = 300;
  const GeneratedIdentities rows = generate_identities(options);
  options.by_time = true;
  const GeneratedIdentities ordered = generate_identities(options);
  CHECK(std::is_sorted(ordered.time.begin(), ordered.time.end()));
  REQUIRE(ordered.records.size() == rows.records.size());
  std::map<std::string_view, std::size_t> by_key;
  for (std::size_t i = 0; i < rows.records.size(); ++i) {
    by_key.emplace(value_of(rows, i, "record_key"), i);
  }
  REQUIRE(by_key.size() == rows.records.size());
  bool equal = true;
  for (std::size_t i = 0; i < rows.records.size(); ++i) {
    equal = equal && same_row(ordered, i, rows, by_key.at(value_of(ordered, i, "record_key")));
  }
  CHECK(equal);
}

TEST_CASE("nobody and a single person") {
  IdentityGeneratorOptions options;
  options.persons = 0;
  const GeneratedIdentities none = generate_identities(options);
  CHECK(none.records.empty());
  CHECK(none.records.columns().size() == 18);
  options.persons = 1;
  options.records_per_person = 1;
  const GeneratedIdentities one = generate_identities(options);
  REQUIRE(one.records.size() == 1);
  CHECK(one.person[0] == 0);
  CHECK(one.household[0] == 0);
  CHECK(value_of(one, 0, "source") == name(one.channel[0]));
  CHECK(value_of(one, 0, "time") == to_string(one.time[0]));
}

TEST_CASE("things go wrong as often as the options say") {
  IdentityGeneratorOptions options;
  options.persons = 40000;
  const GeneratedIdentities made = generate_identities(options);
  const std::size_t n = made.records.size();
  CHECK(static_cast<double>(n) / 40000 == Approx(2.5).margin(5 * std::sqrt(1.5 * 2.5 / 40000)));
  check_rate("typos", marked(made, mark_typo), n, 0.15);
  check_rate("junk", marked(made, mark_junk), n, 0.03);

  std::set<std::uint32_t> persons(made.person.begin(), made.person.end());
  CHECK(persons.size() == 40000);  // everybody has one record at least
  std::size_t phones = 0, shared = 0, devices = 0, moved_late = 0, late = 0, shared_devices = 0;
  std::size_t chinese = 0, western = 0, swapped = 0, full = 0, full_missing = 0;
  const Time end = Time{std::chrono::sys_days{std::chrono::year{2024} / 12 / 1}};
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint16_t marks = made.marks[i];
    if (!value_of(made, i, "phone").empty() && (marks & mark_junk) == 0) {
      ++phones;
      shared += (marks & mark_shared_phone) != 0 ? 1 : 0;
    }
    if (value_of(made, i, "device").starts_with("dv-")) {
      ++devices;
      shared_devices += (marks & mark_shared_device) != 0 ? 1 : 0;
    }
    if (made.time[i] >= end) {
      ++late;
      moved_late += (marks & mark_moved) != 0 ? 1 : 0;
    }
    const std::string_view country = value_of(made, i, "country");
    chinese += country == "CN" || country == "中国" ? 1 : 0;
    western += !country.empty() && country != "CN" && country != "中国" ? 1 : 0;
    swapped += (marks & mark_swapped_name) != 0 ? 1 : 0;
    if (made.channel[i] == IdentityChannel::app || made.channel[i] == IdentityChannel::social) {
      ++full;
      full_missing += value_of(made, i, "full_name").empty() ? 1 : 0;
    }
  }
  check_rate("missing names", full_missing, full, 0.2);
  check_rate("shared phones", shared, phones, 0.1, 8);
  check_rate("shared devices", shared_devices, devices, 0.05, 8);
  check_rate("swapped names", swapped, n, 0.02);
  check_rate("Chinese", chinese, chinese + western, 0.3, 8);
  // A tenth of the households, and a twentieth of those who do not head one of the others.
  CHECK(static_cast<double>(moved_late) / static_cast<double>(late) == Approx(0.12).margin(0.025));
}

TEST_CASE("what identifies a person is that person's in clean records") {
  const GeneratedIdentities made = generate_identities(clean(20000));
  for (const char* column : {"email", "device", "openid", "unionid", "user_id"}) {
    INFO(column);
    std::unordered_map<std::string, std::uint32_t> owners;
    std::size_t values = 0, strangers = 0;
    for (std::size_t i = 0; i < made.records.size(); ++i) {
      std::string value(value_of(made, i, column));
      std::transform(value.begin(), value.end(), value.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      if (value.empty()) continue;
      ++values;
      const auto owner = owners.try_emplace(value, made.person[i]).first->second;
      strangers += owner != made.person[i] ? 1 : 0;
    }
    CHECK(values > 1000);
    if (std::string_view(column) == "email") {  // a common name and its number may come again
      CHECK(static_cast<double>(strangers) < 0.0005 * static_cast<double>(values));
    } else {
      CHECK(strangers == 0);
    }
  }
  // One person: one number, one birthday, one account, whatever the channel writes.
  std::unordered_map<std::uint32_t, std::string> numbers, accounts;
  bool one_number = true, one_account = true, no_marks = true;
  for (std::size_t i = 0; i < made.records.size(); ++i) {
    const std::uint32_t person = made.person[i];
    if (const std::string_view phone = value_of(made, i, "phone"); !phone.empty()) {
      const std::string digits = last_digits(phone);
      one_number = one_number && numbers.try_emplace(person, digits).first->second == digits;
    }
    if (const std::string account(value_of(made, i, "user_id")); !account.empty()) {
      one_account = one_account && accounts.try_emplace(person, account).first->second == account;
    }
    no_marks = no_marks && (made.marks[i] & ~mark_pinyin) == 0;
    one_number = one_number && made.household[i] <= person && person < made.household[i] + 5;
  }
  CHECK(one_number);
  CHECK(one_account);
  CHECK(no_marks);
}

TEST_CASE("shared phones stay in the household, recycled numbers go to strangers") {
  IdentityGeneratorOptions options = clean(20000);
  options.shared_phones = 0.3;
  const GeneratedIdentities shared = generate_identities(options);
  std::unordered_map<std::string, std::set<std::uint32_t>> households, persons;
  for (std::size_t i = 0; i < shared.records.size(); ++i) {
    const std::string digits = last_digits(value_of(shared, i, "phone"));
    if (digits.empty()) continue;
    households[digits].insert(shared.household[i]);
    persons[digits].insert(shared.person[i]);
  }
  std::size_t strangers = 0, of_several = 0;
  for (const auto& [digits, homes] : households) {
    strangers += homes.size() > 1 ? 1 : 0;
    of_several += persons[digits].size() > 1 ? 1 : 0;
  }
  CHECK(strangers < 5);  // numbers that two drew by chance
  CHECK(of_several > 1000);

  options = clean(20000);
  options.recycled_numbers = 0.1;
  const GeneratedIdentities recycled = generate_identities(options);
  std::unordered_map<std::string, std::map<std::uint32_t, std::pair<Time, Time>>> spans;
  for (std::size_t i = 0; i < recycled.records.size(); ++i) {
    const std::string digits = last_digits(value_of(recycled, i, "phone"));
    if (digits.empty() || (recycled.marks[i] & mark_recycled) == 0) continue;
    auto& span = spans[digits]
                     .try_emplace(recycled.person[i], recycled.time[i], recycled.time[i])
                     .first->second;
    span.first = std::min(span.first, recycled.time[i]);
    span.second = std::max(span.second, recycled.time[i]);
  }
  std::size_t seen_twice = 0;
  bool one_after_the_other = true;
  for (const auto& [digits, owners] : spans) {
    if (owners.size() < 2) continue;
    ++seen_twice;
    CHECK(owners.size() == 2);
    const auto& a = owners.begin()->second;
    const auto& b = owners.rbegin()->second;
    one_after_the_other = one_after_the_other && (a.second < b.first || b.second < a.first);
  }
  CHECK(seen_twice > 200);
  CHECK(one_after_the_other);
}

TEST_CASE("every value is sound UTF-8 and every record can be reached") {
  IdentityGeneratorOptions options;
  options.persons = 5000;
  options.typos = 1;
  options.chinese = 0.5;
  options.junk = 0;
  const GeneratedIdentities made = generate_identities(options);
  bool sound = true, reached = true;
  for (std::size_t i = 0; i < made.records.size(); ++i) {
    for (std::size_t c = 0; c < made.records.columns().size(); ++c) {
      const std::string_view value = made.records.value(id_at<Record>(i), c);
      sound = sound && is_utf8(value);
    }
    reached =
        reached && !(value_of(made, i, "email").empty() && value_of(made, i, "phone").empty() &&
                     value_of(made, i, "address").empty());
  }
  CHECK(sound);
  CHECK(reached);
  CHECK(marked(made, mark_typo) == made.records.size());
}

TEST_CASE("people's names are as skewed as in life") {
  IdentityGeneratorOptions options = clean(30000);
  options.records_per_person = 1;
  options.chinese = 0;
  std::map<std::string, std::size_t> families;
  const GeneratedIdentities western = generate_identities(options);
  std::size_t named = 0;
  for (std::size_t i = 0; i < western.records.size(); ++i) {
    const std::string_view family = value_of(western, i, "family_name");
    if (family.empty()) continue;
    ++families[std::string(family)];
    ++named;
  }
  std::size_t most = 0;
  for (const auto& [family, count] : families) most = std::max(most, count);
  CHECK(families.size() > 3000);
  CHECK(most < named / 50);
  CHECK(most > named / 500);

  options.chinese = 1;
  const GeneratedIdentities chinese = generate_identities(options);
  std::size_t li = 0, characters = 0;
  for (std::size_t i = 0; i < chinese.records.size(); ++i) {
    const std::string_view family = value_of(chinese, i, "family_name");
    if (family.empty() || (chinese.marks[i] & mark_pinyin) != 0) continue;
    ++characters;
    li += family == "李" ? 1 : 0;
  }
  CHECK(static_cast<double>(li) / static_cast<double>(characters) == Approx(0.082).margin(0.012));
}

TEST_CASE("options of the identity generator are checked") {
  const auto refused = [](auto change) {
    IdentityGeneratorOptions options;
    options.persons = 1;
    change(options);
    return code_of(options) == ErrorCode::invalid_option;
  };
  using O = IdentityGeneratorOptions;
  CHECK(refused([](O& o) { o.persons = (std::size_t{1} << 31) + 1; }));
  CHECK(refused([](O& o) { o.records_per_person = 0.5; }));
  CHECK(refused([](O& o) { o.records_per_person = std::nan(""); }));
  CHECK(refused([](O& o) { o.days = 0; }));
  CHECK(refused([](O& o) { o.days = 36501; }));
  CHECK(refused([](O& o) { o.shared_phones = 0.8; }));
  for (const auto field :
       {&O::chinese, &O::typos, &O::missing, &O::junk, &O::nicknames, &O::swapped_names,
        &O::swapped_dates, &O::shared_phones, &O::shared_devices, &O::recycled_numbers,
        &O::changed_phones, &O::changed_emails, &O::moves, &O::marriages, &O::accounts}) {
    CHECK(refused([&](O& o) { o.*field = -0.1; }));
    CHECK(refused([&](O& o) { o.*field = 1.1; }));
  }
}
