#include "emptor/referral/signed_link.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

SecretKey key() {
  return SecretKey("a key of thirty-two bytes, or so");
}

LinkSigner signer() {
  return LinkSigner({{.id = 1, .key = key()}});
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t place = text.find(from);
  REQUIRE(place != text.npos);
  return text.replace(place, from.size(), to);
}

}  // namespace

TEST_CASE("percent encoding: what stands for itself, what does not, and back") {
  CHECK(percent_encoded("AZaz09-._~") == "AZaz09-._~");
  CHECK(percent_encoded("a b+c/\xC3\xA4") == "a%20b%2Bc%2F%C3%A4");
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  CHECK(percent_decoded(percent_encoded(all)) == all);
  CHECK(percent_decoded("%c3%A4+") == "\xC3\xA4+");
  for (const char* wrong : {"%", "a%4", "%G0", "%4G", "%%41"}) CHECK_FALSE(percent_decoded(wrong));
}

TEST_CASE("signed link: signed and verified, in a URL with other things") {
  const ReferralLink link{.code = "7K2M-9QXA",
                          .channel = Channel{3},
                          .campaign = Campaign{12},
                          .expires = at(1'800'000'000)};
  const std::string query = signer().query(link);
  // The signature: Python's hmac over the bytes that signed_link.hpp names.
  CHECK(query == "ref=7K2M-9QXA&ch=3&cp=12&exp=1800000000&kid=1&sig=AsVoRRcqxusFtrNKsJqiqQ");
  const std::string url = "https://shop.example/a?utm_source=x&" + query + "&utm_medium=y#top";
  const VerifiedLink got = signer().verify(url, at(1'799'999'999));
  CHECK(got);
  CHECK(got.code.view() == link.code);
  CHECK(got.channel == link.channel);
  CHECK(got.campaign == link.campaign);
  CHECK(got.expires == link.expires);
  CHECK(got.key == 1);
  const VerifiedLink late = signer().verify(query, at(1'800'000'000));
  CHECK(late.problem == LinkProblem::expired);
  CHECK(late.campaign == link.campaign);

  const std::string bare = signer().query({.code = "\xC3\x84 &="});
  CHECK(bare.substr(0, 24) == "ref=%C3%84%20%26%3D&kid=");
  CHECK(signer().verify(bare, Time::max()).code.view() == "\xC3\x84 &=");
  const std::string sig = bare.substr(bare.find("sig="));
  CHECK(signer().verify(sig + "&kid=1&ref=%c3%84%20%26%3d", at(0)));  // any order, any case of hex
}

TEST_CASE("signed link: whatever is changed is refused") {
  const std::string query = signer().query(
      {.code = "7K2M-9QXA", .channel = Channel{3}, .campaign = Campaign{12}, .expires = at(2'000)});
  const auto problem = [](std::string_view url) { return signer().verify(url, at(1'000)).problem; };
  CHECK(problem(query) == LinkProblem::none);
  CHECK(problem(replaced(query, "7K2M", "7K2N")) == LinkProblem::bad_signature);
  CHECK(problem(replaced(query, "7K2M", "7k2m")) == LinkProblem::bad_signature);
  CHECK(problem(replaced(query, "ch=3", "ch=4")) == LinkProblem::bad_signature);
  CHECK(problem(replaced(query, "&ch=3", "")) == LinkProblem::bad_signature);
  CHECK(problem(replaced(query, "cp=12", "cp=1")) == LinkProblem::bad_signature);
  CHECK(problem(replaced(query, "exp=2000", "exp=20000")) == LinkProblem::bad_signature);
  CHECK(problem(replaced(query, "&exp=2000", "")) == LinkProblem::bad_signature);
  CHECK(problem(replaced(query, "kid=1", "kid=2")) == LinkProblem::unknown_key);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"ref=7K2M-9QXA", "ref="},
           {"ref=7K2M-9QXA&", ""},
           {"ref=7K2M-9QXA", "ref=%4"},
           {"ref=7K2M-9QXA", "ref=" + std::string(49, 'A')},
           {"ch=3", "ch=3&ch=3"},
           {"ch=3", "ch=-3"},
           {"ch=3", "ch=3x"},
           {"ch=3", "ch"},
           {"ch=3", "ch=4294967295"},
           {"cp=12", "cp=99999999999999999999999"},
           {"exp=2000", "exp=253402300800"},
           {"exp=2000", "exp=-1"},
           {"kid=1", "kid=4294967296"},
           {"&kid=1", ""},
           {"sig=", "sig=A"},
           {"sig=", "sig=%"},
           {"sig=", "six="}}) {
    INFO(to);
    CHECK(problem(replaced(query, from, to)) == LinkProblem::malformed);
  }
  CHECK(problem("") == LinkProblem::malformed);
  CHECK(problem("https://shop.example/") == LinkProblem::malformed);
  const std::size_t begin = query.find("sig=") + 4;
  for (std::size_t i = begin; i < query.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string forged = query;
      forged[i] = static_cast<char>(c);
      const bool same = forged == query;
      REQUIRE((problem(forged) == LinkProblem::none) == same);
      if (!same) REQUIRE(signer().verify(forged, at(0)).code.view().empty());
    }
  }
  for (int p = 0; p <= static_cast<int>(LinkProblem::expired); ++p) {
    CHECK(name(static_cast<LinkProblem>(p)) != "unknown");
  }
}

TEST_CASE("signed link: keys are rotated") {
  const SecretKey second("another key, of the same length.");
  const std::string old_link = signer().query({.code = "A"});
  const LinkSigner both(
      {{.id = 1, .key = key(), .accepted_until = at(5'000)}, {.id = 2, .key = second}});
  CHECK(both.verify(old_link, at(4'999)));
  CHECK(both.verify(old_link, at(5'000)).problem == LinkProblem::unknown_key);
  const std::string new_link = both.query({.code = "A"});
  CHECK(both.verify(new_link, at(5'000)).key == 2);
  CHECK(signer().verify(new_link, at(0)).problem == LinkProblem::unknown_key);
  const LinkSigner impostor({{.id = 1, .key = second}});
  CHECK(signer().verify(impostor.query({.code = "A"}), at(0)).problem ==
        LinkProblem::bad_signature);
}

TEST_CASE("signed link: options and values out of range") {
  CHECK_THROWS_AS(LinkSigner({}), Exception);
  CHECK_THROWS_AS(LinkSigner({{.id = 1, .key = key()}, {.id = 1, .key = key()}}), Exception);
  const auto with = [](auto change) {
    SignedLinkOptions options;
    change(options);
    return LinkSigner({{.id = 1, .key = key()}}, options);
  };
  CHECK_THROWS_AS(with([](auto& o) { o.code = ""; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.code = "a b"; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.code = "ch"; }), Exception);
  const LinkSigner own = with([](auto& o) { o.code = "freund", o.signature = "s"; });
  CHECK(own.query({.code = "A"}).substr(0, 8) == "freund=A");
  CHECK(own.verify(own.query({.code = "A"}), at(0)));
  CHECK_THROWS_AS(own.query({.code = ""}), Exception);
  const std::string long_code(49, 'A');
  CHECK_THROWS_AS(own.query({.code = long_code}), Exception);
  CHECK_THROWS_AS(own.query({.code = "A", .expires = at(-1)}), Exception);
  CHECK_THROWS_AS(own.query({.code = "A", .expires = at(253'402'300'800)}), Exception);
}
