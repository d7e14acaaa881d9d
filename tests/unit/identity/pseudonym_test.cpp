#include "emptor/identity/pseudonym.hpp"

#include <bit>
#include <cmath>
#include <set>
#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

TEST_CASE("keys give the HMAC-SHA-256 of RFC 4231") {
  struct Vector {
    std::string key, message, digest;
  };
  std::string counting;
  for (char c = 1; c <= 25; ++c) counting += c;
  const Vector vectors[] = {
      // test cases 1, 3, 4, 6, 7
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {counting, std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}};
  for (const Vector& vector : vectors) {
    const SecretKey key(vector.key);
    CHECK(to_hex(key.hmac(vector.message)) == vector.digest);
    CHECK(key.hmac(vector.message) == hmac_sha256(vector.key, vector.message));
  }
  CHECK_THROWS_AS(SecretKey("Jefe"), Exception);  // test case 2: too short a key here
}

TEST_CASE("a pseudonym is the HMAC of purpose, type and value") {
  const SecretKey key("thirty-two random bytes, say so.");
  const std::string message("ads\0email\0ada@lovelace.org", 26);
  const Sha256Digest ads = pseudonym(key, "ads", "email", "ada@lovelace.org");
  CHECK(ads == hmac_sha256("thirty-two random bytes, say so.", message));
  std::set<Sha256Digest> all{ads};
  all.insert(pseudonym(key, "research", "email", "ada@lovelace.org"));
  all.insert(pseudonym(key, "ads", "phone", "ada@lovelace.org"));
  all.insert(pseudonym(key, "adsemail", "", "ada@lovelace.org"));
  all.insert(pseudonym(key, "", "ads", std::string_view("email\0ada@lovelace.org", 22)));
  all.insert(
      pseudonym(SecretKey("thirty-two random bytes, say so,"), "ads", "email", "ada@lovelace.org"));
  CHECK(all.size() == 6);
  CHECK_THROWS_AS(pseudonym(key, std::string_view("a\0b", 3), "email", "x"), Exception);
  CHECK_THROWS_AS(pseudonym(key, "a", std::string_view("\0", 1), "x"), Exception);
}

TEST_CASE("names for two purposes have half their bits in common") {
  const SecretKey key("thirty-two random bytes, say so.");
  int differ = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string value = std::to_string(i);
    const Sha256Digest a = pseudonym(key, "one", "email", value);
    const Sha256Digest b = pseudonym(key, "two", "email", value);
    for (std::size_t at = 0; at < a.size(); ++at) {
      differ += std::popcount(std::to_integer<unsigned>(a[at] ^ b[at]));
    }
  }
  CHECK(std::abs(differ - 128000) < 5 * 253);  // 256,000 fair coins, sd 253
}

TEST_CASE("base 32 takes five bits a character") {
  Sha256Digest digest{};
  CHECK(to_base32(digest, 16) == "0000000000000000");
  digest.fill(std::byte{0xff});
  CHECK(to_base32(digest, 51) == std::string(51, 'Z'));
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::byte>(i);
  CHECK(to_base32(digest, 16) == "000G40R40M30E209");  // RFC 4648 base 32 in Crockford's signs
  CHECK(to_base32(digest).size() == 26);
  CHECK(to_base32(digest, 51).starts_with(to_base32(digest)));
  CHECK_THROWS_AS(to_base32(digest, 15), Exception);
  CHECK_THROWS_AS(to_base32(digest, 52), Exception);
}

TEST_CASE("collisions are as probable as documented") {
  CHECK(collision_probability(1e6, 80) == Approx(4.136e-13).epsilon(1e-3));
  CHECK(collision_probability(1e9, 80) == Approx(4.136e-7).epsilon(1e-3));
  CHECK(collision_probability(1e6, 130) == Approx(3.673e-28).epsilon(1e-3));
  CHECK(collision_probability(23, 8) == Approx(0.628).epsilon(0.01));
  CHECK(collision_probability(1, 80) == 0);
}

TEST_CASE("keys are copied, derived and told apart, and never shown") {
  const SecretKey key("thirty-two random bytes, say so.");
  const SecretKey copy = key;
  CHECK(copy.hmac("x") == key.hmac("x"));
  CHECK(copy.fingerprint() == key.fingerprint());
  CHECK(key.derive("a").hmac("x") != key.hmac("x"));
  CHECK(key.derive("a").hmac("x") == key.derive("a").hmac("x"));
  CHECK(key.derive("a").fingerprint() != key.derive("b").fingerprint());
  try {
    (void)SecretKey("hush hush");
    FAIL("a short key was taken");
  } catch (const Exception& error) {
    CHECK(error.code() == ErrorCode::invalid_option);
    CHECK(std::string(error.what()).find("hush") == std::string::npos);
    CHECK(error.error().message == "'key' must be at least 16 bytes, got 9");
  }
}

TEST_CASE("texts compare in constant time") {
  CHECK(equal_in_constant_time(std::string_view("ABC"), std::string_view("ABC")));
  CHECK_FALSE(equal_in_constant_time(std::string_view("ABC"), std::string_view("ABD")));
  CHECK_FALSE(equal_in_constant_time(std::string_view("ABC"), std::string_view("AB")));
  CHECK(equal_in_constant_time(std::string_view{}, std::string_view{}));
}

}  // namespace
