#include "emptor/referral/code_book.hpp"

#include <string>
#include <vector>

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr Customer anna{7}, bob{4'000'000'000}, carol{8};

SecretKey key() {
  return SecretKey("a key of thirty-two bytes, or so");
}

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

CodeBook empty_book() {
  return CodeBook(ReferralCodec(key()));
}

CodeGrant grant_of(Customer customer) {
  CodeGrant grant;
  grant.customer = customer;
  grant.issued = at(100);
  return grant;
}

CodeBook reloaded(const CodeBook& book) {
  Result<CodeBook> back = CodeBook::load(book.save(), ReferralCodec(key()));
  REQUIRE(back.has_value());
  CHECK(back->save() == book.save());
  return std::move(back).value();
}

}  // namespace

TEST_CASE("code book: several codes a customer, found as people write them") {
  CodeBook book = empty_book();
  CodeGrant grant = grant_of(anna);
  grant.campaign = Campaign{3};
  const CodeBook::Issued first = book.issue(1, grant);
  const CodeBook::Issued other = book.issue(2, grant_of(bob));
  const CodeBook::Issued name = book.issue_name(3, grant_of(anna), "Anna-20");
  REQUIRE((first && other && name));
  CHECK(book.size() == 3);
  CHECK(book.text(name.id).view() == "ANNA20");
  CHECK(book.find(book.text(first.id).view()).id == first.id);
  CHECK(book.find("anna 2O").id == name.id);
  CHECK(book.record(first.id).grant == grant);
  CHECK(book.record(name.id).vanity);
  std::vector<ReferralCodeId> codes;
  book.codes_of(anna, codes);
  CHECK(codes == std::vector{first.id, name.id});
  book.codes_of(carol, codes);
  book.codes_of(bob, codes);
  CHECK(codes == std::vector{first.id, name.id, other.id});
  CHECK_THROWS_AS(book.record(ReferralCodeId{3}), Exception);

  const ReferralCodec& codec = book.codec();
  std::uint64_t serial = *codec.next_clean(1'000'000);
  CHECK(book.find(codec.encode(serial).view()).problem == CodeProblem::not_issued);
  CHECK(book.find("ANNA21").problem == CodeProblem::length);
  CHECK(book.find("ANNA21!").problem == CodeProblem::alphabet);
  CHECK(book.find(std::string(1000, 'A')).problem == CodeProblem::length);
  std::string typo = book.text(first.id).str();
  typo[0] = typo[0] == '7' ? '8' : '7';
  CHECK(book.find(typo).problem == CodeProblem::checksum);

  const CodeBook back = reloaded(book);
  CHECK(back.find("ANNA20").id == name.id);
  CHECK(back.text(first.id).view() == book.text(first.id).view());
}

TEST_CASE("code book: the same request changes nothing, with other content it is refused") {
  CodeBook book = empty_book();
  const CodeBook::Issued first = book.issue(1, grant_of(anna));
  const CodeBook::Issued name = book.issue_name(2, grant_of(anna), "ANNA20");
  const std::vector<std::byte> before = book.save();
  CHECK(book.issue(1, grant_of(anna)).id == first.id);
  CHECK(book.issue_name(2, grant_of(anna), "anna-2o").id == name.id);
  CHECK(book.issue(1, grant_of(bob)).refusal == CodeRefusal::request_reused);
  CHECK(book.issue(2, grant_of(anna)).refusal == CodeRefusal::request_reused);
  CHECK(book.issue_name(1, grant_of(anna), "ANNA20").refusal == CodeRefusal::request_reused);
  CHECK(book.issue_name(2, grant_of(anna), "ANNA22").refusal == CodeRefusal::request_reused);
  CHECK(book.issue_name(2, grant_of(anna), "ANNA!").refusal == CodeRefusal::request_reused);
  CHECK(book.issue(9, grant_of(no_customer)).refusal == CodeRefusal::nobody);
  CodeGrant never = grant_of(anna);
  never.valid = {at(5), at(5)};
  CHECK(book.issue(9, never).refusal == CodeRefusal::empty_window);
  CHECK(book.save() == before);
}

TEST_CASE("code book: names and their refusals") {
  CodeBook book = empty_book();
  std::uint64_t request = 0;
  const auto ask = [&](std::string_view name) {
    return book.issue_name(++request, grant_of(anna), name).refusal;
  };
  CHECK(ask("ANNA20") == CodeRefusal::none);
  CHECK(ask("anna20") == CodeRefusal::taken);
  CHECK(ask("ANNA2O") == CodeRefusal::taken);
  CHECK(ask("ANNAZ0") == CodeRefusal::confusable);
  CHECK(ask("ANNA2Q") == CodeRefusal::confusable);
  CHECK(ask("VIVIAN") == CodeRefusal::none);
  CHECK(ask("UIUIAN") == CodeRefusal::confusable);
  CHECK(ask("UlUIAN") == CodeRefusal::confusable);
  CHECK(ask("TOMMI") == CodeRefusal::none);
  CHECK(ask("TORNMI") == CodeRefusal::confusable);
  CHECK(ask("TOM") == CodeRefusal::too_short);
  CHECK(ask("- -") == CodeRefusal::too_short);
  CHECK(ask("ABCDEFGHJKLMNOPQRSTUVWXYZ") == CodeRefusal::too_long);
  CHECK(ask("J\xC3\x96RG") == CodeRefusal::alphabet);
  CHECK(ask("ANNA.20") == CodeRefusal::alphabet);
  CHECK(ask("SH1TTY") == CodeRefusal::bad_word);
  CHECK(ask("CASSANDRA") == CodeRefusal::none);
  CHECK(ask("ANNA2020") == CodeRefusal::looks_generated);
  CHECK(ask("AUGUST20") == CodeRefusal::looks_generated);  // U is in none, but it looks like V
  CHECK(ask("UNUSUAL9") == CodeRefusal::none);
  CHECK(book.size() == 5);

  ReferralCodeOptions with_prefix;
  with_prefix.prefix = "GO";
  CodeBook roomy(ReferralCodec(key(), with_prefix));
  CHECK(roomy.issue_name(1, grant_of(anna), "ANNA2020"));
  CHECK(roomy.issue_name(2, grant_of(anna), "GOANNA2020").refusal == CodeRefusal::looks_generated);
  CHECK(roomy.issue_name(2, grant_of(anna), "OGANNA2020").refusal == CodeRefusal::looks_generated);
  CHECK_THROWS_AS(CodeBook(ReferralCodec(key()), {.min_length = 2, .max_length = 20}), Exception);
  CHECK_THROWS_AS(CodeBook(ReferralCodec(key()), {.min_length = 8, .max_length = 7}), Exception);
  for (int r = 0; r <= static_cast<int>(CodeRefusal::confusable); ++r) {
    CHECK(name(static_cast<CodeRefusal>(r)) != "unknown");
  }
}

TEST_CASE("code book: no name stands where a code leads by one slip of a key") {
  for (const std::string prefix : {"", "GO", "GUT"}) {
    ReferralCodeOptions options;
    options.prefix = prefix;
    CodeBook book(ReferralCodec(key(), options));
    std::string code;
    for (const char c : book.text(book.issue(1, grant_of(bob)).id).str()) {
      if (c != '-') code.push_back(c);
    }
    std::vector<std::string> slips;
    for (std::size_t i = 0; i <= code.size(); ++i) {
      for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        slips.push_back(code.substr(0, i) + c + code.substr(i));
        if (i == code.size()) continue;
        slips.push_back(code.substr(0, i) + c + code.substr(i + 1));
        for (std::size_t j = i + 1; j < code.size(); ++j) {
          if (code[i] != code[j]) continue;
          slips.push_back(code);
          slips.back()[i] = slips.back()[j] = c;
        }
      }
      if (i == code.size()) continue;
      slips.push_back(code.substr(0, i) + code.substr(i + 1));
      for (std::size_t j = i + 1; j < code.size(); ++j) {
        slips.push_back(code);
        std::swap(slips.back()[i], slips.back()[j]);
      }
    }
    std::size_t refused = 0;
    for (const std::string& slip : slips) {
      const CodeRefusal refusal = book.issue_name(2, grant_of(anna), slip).refusal;
      REQUIRE((refusal == CodeRefusal::looks_generated || refusal == CodeRefusal::bad_word));
      refused += refusal == CodeRefusal::looks_generated ? 1U : 0U;
      const CodeBook::Found found = book.find(slip);
      REQUIRE((!found || found.id == ReferralCodeId{0}));
    }
    CHECK(refused > slips.size() * 9 / 10);
  }
}

TEST_CASE("code book: windows, ends and limits") {
  CodeBook book = empty_book();
  CodeGrant grant = grant_of(anna);
  grant.valid = {at(1000), at(2000)};
  grant.usage_limit = 2;
  const ReferralCodeId id = book.issue(1, grant).id;
  CHECK(book.standing(id, at(999)) == CodeProblem::not_yet_valid);
  CHECK(book.standing(id, at(1000)) == CodeProblem::none);
  CHECK(book.standing(id, at(2000)) == CodeProblem::expired);

  CHECK(book.use(id, 71, at(1500)));
  CHECK(book.use(id, 71, at(1500)).repeated);
  CHECK(book.use(id, 71, at(1501)).problem == CodeProblem::request_reused);
  CHECK(book.use(id, 72, at(999)).problem == CodeProblem::not_yet_valid);
  CHECK(book.use(id, 72, at(1400)));
  CHECK(book.use(id, 73, at(1600)).problem == CodeProblem::used_up);
  CHECK(book.record(id).uses == 2);
  CHECK(book.release_use(71));
  CHECK_FALSE(book.release_use(71));
  CHECK_FALSE(book.release_use(99));
  CHECK(book.use(id, 71, at(1500)).repeated);
  CHECK(book.record(id).uses == 1);
  CHECK(book.use(id, 73, at(1600)));
  CHECK(book.standing(id, at(1700)) == CodeProblem::used_up);

  book.release_use(73);
  book.deactivate(id, at(1800));
  book.deactivate(id, at(1900));
  CHECK(book.standing(id, at(1799)) == CodeProblem::none);
  CHECK(book.standing(id, at(1800)) == CodeProblem::deactivated);
  const CodeBook back = reloaded(book);
  CHECK(back.record(id).uses == 1);
  CHECK(back.standing(id, at(1800)) == CodeProblem::deactivated);
}

TEST_CASE("code book: an erased name is forgotten and stays taken") {
  CodeBook book = empty_book();
  book.issue(1, grant_of(anna));
  const ReferralCodeId name = book.issue_name(2, grant_of(anna), "ANNA20").id;
  book.issue_name(3, grant_of(bob), "BOBBY");
  book.erase(anna, at(500));
  book = reloaded(book);
  CHECK(book.text(name).view().empty());
  CHECK(book.record(name).erased);
  CHECK(book.standing(name, at(500)) == CodeProblem::deactivated);
  CHECK(book.standing(ReferralCodeId{0}, at(500)) == CodeProblem::deactivated);
  CHECK(book.find("BOBBY"));
  CHECK(book.issue_name(4, grant_of(bob), "ANNA20").refusal == CodeRefusal::taken);
  CHECK(book.issue_name(4, grant_of(bob), "ANNAZ0").refusal == CodeRefusal::confusable);
  const std::vector<std::byte> bytes = book.save();
  const std::string_view raw(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(raw.find("ANNA") == raw.npos);
  CHECK(raw.find("BOBBY") != raw.npos);
}

TEST_CASE("code book: archives of others, cut or contradicting themselves are refused") {
  CodeBook book = empty_book();
  const ReferralCodeId id = book.issue(1, grant_of(anna)).id;
  book.issue_name(2, grant_of(anna), "ANNA20");
  book.use(id, 5, at(200));
  const std::vector<std::byte> bytes = book.save();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(CodeBook::load(std::span(bytes).first(length), ReferralCodec(key())));
  }
  const SecretKey other("another key, of the same length");
  CHECK(CodeBook::load(bytes, ReferralCodec(other)).error().code == ErrorCode::invalid_value);

  // Every word of the sections in turn made another, with checksums that fit.
  std::size_t accepted = 0, refused = 0;
  for (std::size_t word = 0; word < 200; ++word) {
    Result<ArchiveReader> reader = ArchiveReader::open(bytes, "code-book", 1);
    ArchiveWriter writer("code-book", 1);
    std::size_t at_word = 0;
    for (const char* tag : {"codes", "uses"}) {
      Result<SectionReader> section = reader->section(tag);
      SectionWriter& out = writer.section(tag);
      while (section->remaining() != 0) {
        const bool here = at_word++ == word;
        if (section->remaining() >= 4) {
          out.put(section->get<std::uint32_t>() ^ (here ? 0x8000'0001U : 0U));
        } else {
          out.put(static_cast<std::uint8_t>(section->get<std::uint8_t>() ^ (here ? 1U : 0U)));
        }
      }
    }
    if (word >= at_word) break;
    const std::vector<std::byte> forged = std::move(writer).finish();
    const Result<CodeBook> back = CodeBook::load(forged, ReferralCodec(key()));
    if (back) {
      ++accepted;
      CHECK(back->save() == forged);
    } else {
      ++refused;
    }
  }
  CHECK(accepted > 0);
  CHECK(refused > 10);
}
