#include "emptor/referral/code.hpp"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

SecretKey key() {
  return SecretKey("a key of thirty-two bytes, or so");
}

std::string bare(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '-') out.push_back(c);
  }
  return out;
}

}  // namespace

TEST_CASE("keyed hash: vectors of the SipHash paper's reference code") {
  const KeyedHash hash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  std::string message;
  for (char c = 0; c < 15; ++c) message.push_back(c);
  CHECK(hash(std::string_view(message)) == 0xa129ca6149be45e5);
  CHECK(hash(std::string_view()) == 0x726fdb47dd0e0e31);
  CHECK(hash(std::string_view(message).substr(0, 8)) == 0x93f5f5799a932462);
  CHECK(hash(std::uint64_t{0x0706050403020100}) == 0x93f5f5799a932462);
}

TEST_CASE("keyed permutation: every small domain is permuted") {
  for (std::uint64_t domain = 2; domain <= 300; ++domain) {
    const KeyedPermutation order(key(), "test", domain);
    std::set<std::uint64_t> seen;
    for (std::uint64_t x = 0; x < domain; ++x) {
      const std::uint64_t y = order.forward(x);
      REQUIRE(y < domain);
      REQUIRE(order.inverse(y) == x);
      seen.insert(y);
    }
    REQUIRE(seen.size() == domain);
  }
  CHECK_THROWS_AS(KeyedPermutation(key(), "test", 1), Exception);
  CHECK_THROWS_AS(KeyedPermutation(key(), "test", KeyedPermutation::most + 1), Exception);
}

TEST_CASE("keyed permutation: 2^20 values in an order without a trace of the old one") {
  const std::uint64_t domain = 1 << 20;
  const KeyedPermutation order(key(), "test", domain), other(key(), "another", domain);
  std::vector<bool> seen(domain);
  double squares = 0, products = 0, steps = 0;
  std::size_t same = 0, ascents = 0;
  std::uint64_t before = 0;
  for (std::uint64_t x = 0; x < domain; ++x) {
    const std::uint64_t y = order.forward(x);
    REQUIRE(!seen[y]);
    seen[y] = true;
    same += y == other.forward(x) ? 1U : 0U;
    ascents += x != 0 && y > before ? 1U : 0U;
    const double place = static_cast<double>(y) / static_cast<double>(domain) - .5;
    const double time = static_cast<double>(x) / static_cast<double>(domain) - .5;
    squares += place * place, products += place * time;
    if (x != 0) {
      steps += place * (static_cast<double>(before) / static_cast<double>(domain) - .5);
    }
    before = y;
  }
  const double n = static_cast<double>(domain);
  // Five standard deviations of a random permutation: the correlations' is 1/sqrt(n), the ascents'
  // sqrt(n / 12), of the places left alone the mean and variance are 1.
  CHECK(std::abs(products / squares) < 5 / std::sqrt(n));
  CHECK(std::abs(steps / squares) < 5 / std::sqrt(n));
  CHECK(std::abs(static_cast<double>(ascents) - n / 2) < 5 * std::sqrt(n / 12));
  CHECK(same < 8);
}

TEST_CASE("code check: every single error, transposition and twin error, of all lengths to 31") {
  // The check is linear, so a code with an error passes exactly if the error alone does: a word of
  // zeros but for the differences at the places concerned.
  const auto passes = [](std::span<const std::uint8_t> word) {
    return detail::code_check(word.first(word.size() - 1)) == word.back();
  };
  for (std::size_t length = 2; length <= 31; ++length) {
    std::vector<std::uint8_t> error(length);
    REQUIRE(passes(error));
    for (std::size_t i = 0; i < length; ++i) {
      for (std::uint8_t d = 1; d < 32; ++d) {
        error[i] = d;  // a became a ^ d
        REQUIRE(!passes(error));
        // ab became ba, or aa became bb: both places change by the same a ^ b, whatever lies
        // between.
        for (std::size_t j = i + 1; j < length; ++j) {
          error[j] = d;
          REQUIRE(!passes(error));
          error[j] = 0;
        }
      }
      error[i] = 0;
    }
  }
}

TEST_CASE("code: encoded and decoded, as people write it") {
  const ReferralCodec codec(key());
  CHECK(codec.capacity() == std::uint64_t{1} << 35);
  std::set<std::string> seen;
  for (std::uint64_t serial = 0; serial < 20'000; ++serial) {
    const ReferralCodeText code = codec.encode(serial);
    REQUIRE(code.view().size() == 9);
    REQUIRE(code.view()[4] == '-');
    const ReferralCodec::Decoded back = codec.decode(code.view());
    REQUIRE(back.serial == serial);
    REQUIRE((back.problem == CodeProblem::none) == codec.is_clean(serial));
    seen.insert(code.str());
  }
  CHECK(seen.size() == 20'000);

  const std::uint64_t serial = *codec.next_clean(7);
  std::string kind = "  " + codec.encode(serial).str() + " -";
  for (char& c : kind) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '0') c = 'o';
    if (c == '1') c = 'l';
  }
  CHECK(codec.decode(kind).serial == serial);
  CHECK(codec.decode(kind));
  CHECK(codec.decode(kind, serial).problem == CodeProblem::not_issued);
  CHECK(codec.decode(kind, serial + 1).problem == CodeProblem::none);
  CHECK_THROWS_AS(codec.encode(codec.capacity()), Exception);
  CHECK_FALSE(codec.next_clean(codec.capacity()));
}

TEST_CASE("code: no code with one character changed, moved or doubled is taken for another") {
  for (const std::size_t length : {5U, 8U, 9U, 13U}) {
    ReferralCodeOptions options;
    options.length = length;
    options.prefix = "go";
    const ReferralCodec codec(key(), options);
    for (std::uint64_t n = 0; n < 40; ++n) {
      const std::uint64_t serial = *codec.next_clean(n * 1'000);
      const std::string code = bare(codec.encode(serial).view());
      REQUIRE(code.substr(0, 2) == "GO");
      for (std::size_t i = 0; i < code.size(); ++i) {
        for (int c = 0; c < 256; ++c) {
          std::string wrong = code;
          wrong[i] = static_cast<char>(c);
          const ReferralCodec::Decoded got = codec.decode(wrong);
          const char folded = detail::code_character(static_cast<char>(c));
          const bool alias = folded != 0 && folded == detail::code_character(code[i]);
          REQUIRE(static_cast<bool>(got) == alias);
          if (alias) REQUIRE(got.serial == serial);
        }
        for (std::size_t j = i + 1; j < code.size(); ++j) {
          std::string wrong = code;
          std::swap(wrong[i], wrong[j]);
          const bool same =
              detail::code_character(code[i]) == detail::code_character(code[j]);  // O is 0
          REQUIRE(static_cast<bool>(codec.decode(wrong)) == same);
          if (code[i] == code[j]) {
            for (const char c : digits) {
              wrong = code;
              wrong[i] = wrong[j] = c;
              REQUIRE(static_cast<bool>(codec.decode(wrong)) == (c == code[i]));
            }
          }
        }
        REQUIRE(codec.decode(code.substr(0, i) + code.substr(i + 1)).problem ==
                CodeProblem::length);
      }
      REQUIRE(codec.decode(code + "0").problem == CodeProblem::length);
    }
  }
}

TEST_CASE("code: what is wrong is told apart") {
  ReferralCodeOptions options;
  options.prefix = "EMP";
  const ReferralCodec codec(key(), options);
  const std::string code = codec.encode(*codec.next_clean(0)).str();
  CHECK(code.substr(0, 4) == "EMP-");
  CHECK(code.size() == 13);
  CHECK(codec.decode("").problem == CodeProblem::length);
  CHECK(codec.decode("EMP").problem == CodeProblem::length);
  CHECK(codec.decode(code + "7").problem == CodeProblem::length);
  CHECK(codec.decode(std::string(1'000'000, '7')).problem == CodeProblem::length);
  CHECK(codec.decode(code.substr(0, 12) + "U").problem == CodeProblem::alphabet);
  CHECK(codec.decode(code.substr(0, 12) + "\xC3").problem == CodeProblem::alphabet);
  CHECK(codec.decode("IMP" + code.substr(3)).problem == CodeProblem::prefix);
  std::string typo = code;
  typo[5] = typo[5] == '7' ? '8' : '7';
  CHECK(codec.decode(typo).problem == CodeProblem::checksum);
  CHECK(codec.looks_like_a_code(typo));
  CHECK_FALSE(codec.looks_like_a_code(code + "7"));
  for (int p = 0; p <= static_cast<int>(CodeProblem::request_reused); ++p) {
    CHECK(name(static_cast<CodeProblem>(p)) != "unknown");
  }
}

TEST_CASE("code: blocked words are skipped, and those issued before stay what they are") {
  ReferralCodeOptions plain;
  plain.block_built_in_words = false;
  const ReferralCodec everything(key(), plain), codec(key());
  CHECK(everything.fingerprint() == codec.fingerprint());
  std::uint64_t skipped = 0, last = 0;
  for (std::uint64_t serial = *codec.next_clean(0); serial < 20'000;
       serial = *codec.next_clean(serial + 1)) {
    for (std::uint64_t bad = serial; bad-- > last;) {
      const std::string text = everything.encode(bad).str();
      REQUIRE(codec.decode(text).problem == CodeProblem::bad_word);
      REQUIRE(codec.decode(text).serial == bad);
      REQUIRE(everything.decode(text).problem == CodeProblem::none);
      ++skipped;
    }
    last = serial + 1;
  }
  CHECK(skipped > 100);  // three-letter words alone make up 2 in 100
  CHECK(skipped < 1'000);

  ReferralCodeOptions own = plain;
  own.blocked_words = {bare(everything.encode(0).view()).substr(2, 4)};
  CHECK_FALSE(ReferralCodec(key(), own).is_clean(0));
}

TEST_CASE("code: options out of range") {
  const auto with = [](auto change) {
    ReferralCodeOptions options;
    change(options);
    return ReferralCodec(key(), options);
  };
  CHECK_THROWS_AS(with([](auto& o) { o.length = 4; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.length = 14; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.prefix = "TOOLONG99"; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.prefix = "A-B"; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.prefix = "5h1t"; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.blocked_words = {"AB"}; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.blocked_words = {"na\xC3\xAFve"}; }), Exception);
  CHECK(with([](auto& o) { o.length = 13; }).capacity() == std::uint64_t{1} << 60);
  CHECK(with([](auto& o) { o.group = 0; }).encode(1).view().size() == 8);
  CHECK(with([](auto& o) { o.length = 13, o.group = 1, o.prefix = "ABCDEFGH"; })
            .encode(1)
            .view()
            .size() == 34);
  CHECK(with([](auto& o) { o.length = 9; }).fingerprint() != ReferralCodec(key()).fingerprint());
}

TEST_CASE("blocked words: what reads like one") {
  const BlockedWords words;
  for (const std::string_view bad : {"FUCK", "xxfvckyy", "5H1T", "a55", "4SS", "K1KE", "P3N15",
                                     "W4NK", "TIT", "717", "51UT", "5LVT"}) {
    INFO(bad);
    CHECK(words.found_in(bad));
  }
  for (const std::string_view good : {"", "A", "AS", "KIND", "GARTEN", "F-U-C-K", "7K2M9QXA"}) {
    INFO(good);
    CHECK_FALSE(words.found_in(good));
  }
  CHECK(words.found_in("CASSANDRA"));
  CHECK_FALSE(words.found_in_name("CASSANDRA20"));
  CHECK_FALSE(words.found_in_name("TITUS"));
  CHECK(words.found_in_name("20ASS20"));
  CHECK(words.found_in_name("455"));
  CHECK(words.found_in_name("MRFUCK"));

  const std::vector<std::string> own{"rival", "rivalry"};
  const BlockedWords mine(own, false);
  CHECK(mine.size() == 2);
  CHECK(mine.found_in("R1VA1X"));
  CHECK(mine.found_in("XRIUAL"));
  CHECK_FALSE(mine.found_in("RIVA"));
  CHECK_FALSE(mine.found_in("FUCK"));
}
