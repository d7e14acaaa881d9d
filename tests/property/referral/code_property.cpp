// Codes and the code book against brute force.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "emptor/referral/code_book.hpp"
#include "support/catch.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

std::string secret() {
  return *rc::gen::container<std::string>(24, rc::gen::arbitrary<char>());
}

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

}  // namespace

TEST_CASE("code property: the secret order is a bijection, either way") {
  test::check_property("permutation", [] {
    const auto domain = *rc::gen::inRange<std::uint64_t>(2, 5'000);
    const KeyedPermutation order(SecretKey(secret()), "test", domain);
    std::vector<bool> seen(domain);
    for (std::uint64_t x = 0; x < domain; ++x) {
      const std::uint64_t y = order.forward(x);
      RC_ASSERT(y < domain);
      RC_ASSERT(!seen[y]);
      RC_ASSERT(order.inverse(y) == x);
      seen[y] = true;
    }
  });
  test::check_property("permutation of any size", [] {
    const auto domain = *rc::gen::inRange<std::uint64_t>(2, KeyedPermutation::most);
    const KeyedPermutation order(SecretKey(secret()), "test", domain);
    const auto x = *rc::gen::inRange<std::uint64_t>(0, domain);
    RC_ASSERT(order.forward(x) < domain);
    RC_ASSERT(order.inverse(order.forward(x)) == x);
    RC_ASSERT(order.forward(order.inverse(x)) == x);
  });
}

TEST_CASE("code property: every single error but an alias is refused, so is every exchange") {
  test::check_property("errors", [] {
    ReferralCodeOptions options;
    options.length = *rc::gen::inRange<std::size_t>(5, 14);
    options.group = *rc::gen::inRange<std::size_t>(0, 6);
    options.prefix = *rc::gen::element<std::string>("", "GO", "SALE1");
    const ReferralCodec codec(SecretKey(secret()), options);
    const auto serial = *rc::gen::inRange<std::uint64_t>(0, codec.capacity() - 1000);
    const std::uint64_t clean = *codec.next_clean(serial);
    const std::string code = codec.encode(clean).str();
    RC_ASSERT(codec.decode(code).serial == clean);
    RC_ASSERT(codec.decode(code).problem == CodeProblem::none);
    for (std::size_t i = 0; i < code.size(); ++i) {
      std::string wrong = code;
      wrong[i] = *rc::gen::arbitrary<char>();
      const bool separators =
          detail::is_code_separator(code[i]) && detail::is_code_separator(wrong[i]);
      const char folded = detail::code_character(wrong[i]);
      const bool alias = folded != '\0' && folded == detail::code_character(code[i]);
      RC_ASSERT(static_cast<bool>(codec.decode(wrong)) == (alias || separators));
      const auto j = *rc::gen::inRange<std::size_t>(0, code.size());
      wrong = code;
      std::swap(wrong[i], wrong[j]);
      const auto bare = [](const std::string& text) {
        std::string out;
        for (const char c : text) {
          if (!detail::is_code_separator(c)) out.push_back(detail::code_character(c));
        }
        return out;
      };
      // A hyphen's place means nothing: only an exchange of two characters must be found.
      if (!detail::is_code_separator(code[i]) && !detail::is_code_separator(code[j])) {
        RC_ASSERT(static_cast<bool>(codec.decode(wrong)) == (bare(wrong) == bare(code)));
      }
    }
  });
}

TEST_CASE("code property: any text is refused or is the code that it is read as") {
  const ReferralCodec codec{SecretKey("a key of thirty-two bytes, or so")};
  test::check_property("any text", [&](const std::string& text) {
    const ReferralCodec::Decoded got = codec.decode(text);
    if (got) RC_ASSERT(codec.decode(codec.encode(got.serial).view()).serial == got.serial);
  });
}

TEST_CASE("code property: the book equals a twin of maps, also when it is saved in between") {
  test::check_property(
      "book",
      [] {
        const SecretKey key("a key of thirty-two bytes, or so");
        CodeBook book{ReferralCodec(key)};
        struct Twin {
          Customer customer;
          std::uint32_t limit;
          std::int64_t end;
          std::map<std::uint64_t, bool> uses;  // whether it still counts
          bool named;
        };
        std::vector<Twin> twins;
        std::map<std::string, std::size_t> names;
        std::set<std::string> texts;
        std::map<std::uint64_t, std::size_t> used;
        const std::vector<std::string> chosen{"ANNA", "ANNA1", "ANNAI", "BOBBY", "80BBY", "QUINN"};
        const int steps = *rc::gen::inRange(0, 80);
        for (int step = 0; step < steps; ++step) {
          const auto request = static_cast<std::uint64_t>(step);
          CodeGrant grant;
          grant.customer = Customer{static_cast<std::uint32_t>(*rc::gen::inRange(0, 4))};
          grant.usage_limit = static_cast<std::uint32_t>(*rc::gen::inRange(0, 3));
          switch (*rc::gen::inRange(0, 6)) {
            case 0: {
              const CodeBook::Issued got = book.issue(request, grant);
              RC_ASSERT(index(got.id) == twins.size());
              RC_ASSERT(book.issue(request, grant).id == got.id);
              RC_ASSERT(texts.insert(book.text(got.id).str()).second);
              twins.push_back({grant.customer, grant.usage_limit, 1'000'000, {}, false});
              break;
            }
            case 1: {
              const std::string name = *rc::gen::elementOf(chosen);
              std::string look = name;
              for (char& c : look) {
                c = c == 'I' ? '1' : c == 'B' ? '8' : c == 'O' || c == 'Q' ? '0' : c;
              }
              const CodeBook::Issued got = book.issue_name(request, grant, name);
              if (names.contains(look)) {
                RC_ASSERT(!got);
                break;
              }
              RC_ASSERT(index(got.id) == twins.size());
              RC_ASSERT(book.issue_name(request, grant, name).id == got.id);
              names[look] = twins.size();
              twins.push_back({grant.customer, grant.usage_limit, 1'000'000, {}, true});
              break;
            }
            case 2:
            case 3: {
              if (twins.empty()) break;
              const auto code = *rc::gen::inRange<std::size_t>(0, twins.size());
              const auto use = *rc::gen::inRange<std::uint64_t>(0, 30);
              Twin& twin = twins[code];
              const std::int64_t time = static_cast<std::int64_t>(use) * 10;
              const CodeBook::Used got = book.use(id_at<ReferralCodeId>(code), use, at(time));
              if (used.contains(use)) {
                RC_ASSERT(got.problem ==
                          (used[use] == code ? CodeProblem::none : CodeProblem::request_reused));
                break;
              }
              std::size_t counting = 0;
              for (const auto& [id, counts] : twin.uses) counting += counts ? 1U : 0U;
              if (time >= twin.end) {
                RC_ASSERT(got.problem == CodeProblem::deactivated);
              } else if (twin.limit != 0 && counting >= twin.limit) {
                RC_ASSERT(got.problem == CodeProblem::used_up);
              } else {
                RC_ASSERT(got.problem == CodeProblem::none);
                twin.uses[use] = true;
                used[use] = code;
              }
              break;
            }
            case 4: {
              const auto use = *rc::gen::inRange<std::uint64_t>(0, 30);
              const bool counted = used.contains(use) && twins[used[use]].uses[use];
              RC_ASSERT(book.release_use(use) == counted);
              if (counted) twins[used[use]].uses[use] = false;
              break;
            }
            default: {
              if (twins.empty()) break;
              const auto code = *rc::gen::inRange<std::size_t>(0, twins.size());
              const auto time = *rc::gen::inRange<std::int64_t>(0, 300);
              book.deactivate(id_at<ReferralCodeId>(code), at(time));
              twins[code].end = std::min(twins[code].end, time);
            }
          }
          if (*rc::gen::inRange(0, 10) == 0) {
            const std::vector<std::byte> bytes = book.save();
            Result<CodeBook> back = CodeBook::load(bytes, ReferralCodec(key));
            RC_ASSERT(back.has_value());
            RC_ASSERT(back->save() == bytes);
            book = std::move(back).value();
          }
        }
        RC_ASSERT(book.size() == twins.size());
        std::vector<std::vector<ReferralCodeId>> of(4);
        for (std::size_t code = 0; code < twins.size(); ++code) {
          const auto id = id_at<ReferralCodeId>(code);
          RC_ASSERT(book.find(book.text(id).view()).id == id);
          RC_ASSERT(book.record(id).vanity == twins[code].named);
          of[index(twins[code].customer)].push_back(id);
        }
        for (std::size_t customer = 0; customer < 4; ++customer) {
          std::vector<ReferralCodeId> got;
          book.codes_of(id_at<Customer>(customer), got);
          RC_ASSERT(got == of[customer]);
        }
      },
      200);
}
