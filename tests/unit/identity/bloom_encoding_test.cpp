#include "emptor/identity/bloom_encoding.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/identity/bloom_linkage.hpp"
#include "emptor/identity/generator.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

const SecretKey key("thirty-two random bytes, say so.");
const LinkSchema name_schema{.fields = {{"name", FieldType::family_name}}};

Records one_column(std::string column, const std::vector<std::string>& values) {
  Records records({std::move(column)});
  for (const std::string& value : values) {
    const std::string_view row[] = {value};
    REQUIRE(records.add(row).has_value());
  }
  return records;
}
std::vector<std::string> random_words(std::size_t count, std::size_t length) {
  RandomStream random(9);
  std::vector<std::string> out(count);
  for (std::string& word : out) {
    for (std::size_t i = 0; i < length; ++i) word += static_cast<char>('a' + random.below(26));
  }
  return out;
}
BloomEncoded encode(const std::vector<std::string>& names, const BloomOptions& options = {}) {
  return encode_records(one_column("name", names), name_schema, key, options);
}
double mean_ones(const BloomEncodings& rows) {
  double sum = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) sum += rows.ones(r);
  return sum / static_cast<double>(rows.size());
}

TEST_CASE("as many bits are set as the theory of Bloom filters says") {
  // g n-grams of k independent positions in l bits: l (1 - (1 - 1/l)^(k g)) are set.
  const std::vector<std::string> words = random_words(2000, 9);
  for (const std::uint32_t k : {5, 15, 30}) {
    const BloomEncoded out = encode(words, {.bits = 1024, .hashes = k});
    double grams = 0;  // distinct ones of nine letters with two pads
    for (const std::string& word : words) {
      const std::string padded = "<" + word + ">";
      std::vector<std::string> all;
      for (std::size_t i = 0; i + 1 < padded.size(); ++i) all.push_back(padded.substr(i, 2));
      std::sort(all.begin(), all.end());
      grams += static_cast<double>(std::unique(all.begin(), all.end()) - all.begin());
    }
    grams /= static_cast<double>(words.size());
    const double expected = 1024 * -std::expm1(k * grams * std::log1p(-1.0 / 1024));
    CHECK(mean_ones(out.encodings) == Approx(expected).epsilon(0.005));
    CHECK(out.report.fill == Approx(expected / 1024).epsilon(0.005));
  }
}

TEST_CASE("an n-gram that is not there seems to be as often as the theory says") {
  // All k bits of a foreign bigram are set with chance fill^k.
  const std::vector<std::string> words = random_words(3000, 30);
  const BloomOptions options{.bits = 256, .hashes = 6, .padding = false};
  const BloomEncodings filters = encode(words, options).encodings;
  std::vector<std::string> grams;
  for (const char c : std::string("abcdefghij")) grams.push_back({c, 'q'});
  const BloomEncodings probes = encode(grams, options).encodings;
  double expected = 0, found = 0;
  for (std::size_t w = 0; w < words.size(); ++w) {
    for (std::size_t g = 0; g < grams.size(); ++g) {
      if (words[w].find(grams[g]) != std::string::npos) continue;
      const auto filter = filters.row(w), probe = probes.row(g);
      bool in = true;
      for (std::size_t i = 0; i < probe.size(); ++i) in &= (probe[i] & ~filter[i]) == 0;
      found += in ? 1 : 0;
      expected += std::pow(static_cast<double>(filters.ones(w)) / 256, probes.ones(g));
    }
  }
  CHECK(found == Approx(expected).epsilon(0.15));
}

TEST_CASE("similarity of encodings is near that of the n-grams") {
  // "smith", "smyth": <s sm mi it th h> and <s sm my yt th h>: 2 * 4 / 12 of the bigrams.
  const BloomEncodings rows =
      encode({"smith", "smyth", "jones", "smith"}, {.bits = 65536, .hashes = 20}).encodings;
  CHECK(dice_similarity(rows.row(0), rows.row(1)) == Approx(8.0 / 12).epsilon(0.02));
  CHECK(dice_similarity(rows.row(0), rows.row(2)) < 0.02);
  CHECK(dice_similarity(rows.row(0), rows.row(3)) == 1);
  CHECK(dice_similarity({}, {}) == 0);
}

TEST_CASE("values are normalised, missing ones and placeholders set no bit") {
  const BloomEncoded out = encode({"Müller", "MULLER", "", "unknown", "  "});
  CHECK(dice_similarity(out.encodings.row(0), out.encodings.row(1)) == 1);
  CHECK(out.report.empty == 3);
  CHECK(out.encodings.ones(2) == 0);
  CHECK(out.encodings.ones(3) == 0);
  CHECK(out.report.fields[0].values == 2);
  for (const bool balance : {false, true}) {
    const BloomEncodings rows =
        encode({"", "x", ""}, {.diffusion = 5, .xor_fold = true, .balance = balance}).encodings;
    CHECK(rows.ones(0) == 0);
    CHECK(link_encodings(rows, rows, {.threshold = 0.5}).pairs.size() == 1);
  }
}

TEST_CASE("another key or another field gives other bits") {
  const Records names = one_column("name", {"martin"});
  const BloomEncodings a = encode_records(names, name_schema, key).encodings;
  const BloomEncodings b =
      encode_records(names, name_schema, SecretKey("another key of thirty-two bytes.")).encodings;
  const BloomEncodings c =
      encode_records(names, {.fields = {{"name", FieldType::city}}}, key).encodings;
  CHECK(a.agreement() != b.agreement());
  CHECK(a.agreement() != c.agreement());
  // Half full, by chance half of the bits of either are common.
  CHECK(dice_similarity(a.row(0), b.row(0)) < 0.6);
  CHECK(dice_similarity(a.row(0), c.row(0)) < 0.6);
  CHECK_THROWS_AS(link_encodings(a, b), Exception);
  CHECK_THROWS_AS(link_encodings(a, encode({"martin"}, {.ngram = 3}).encodings), Exception);
  CHECK_THROWS_AS(link_encodings(a, encode({"martin"}, {.bits = 512}).encodings), Exception);
}

TEST_CASE("a full name is a given and a family name") {
  Records full({"n"}), parts({"last", "first"});
  const std::string_view whole[] = {"Ada Lovelace"}, two[] = {"LOVELACE", "ada"};
  REQUIRE(full.add(whole).has_value());
  REQUIRE(parts.add(two).has_value());
  const BloomEncodings a =
      encode_records(full, {.fields = {{"n", FieldType::full_name}}}, key).encodings;
  const BloomEncodings b =
      encode_records(
          parts, {.fields = {{"last", FieldType::family_name}, {"first", FieldType::given_name}}},
          key)
          .encodings;
  CHECK(a.agreement() == b.agreement());
  CHECK(a == b);
}

TEST_CASE("hardening does what it is for") {
  const std::vector<std::string> words = random_words(400, 7);
  const BloomEncodings plain = encode(words).encodings;
  const BloomEncodings folded = encode(words, {.xor_fold = true}).encodings;
  CHECK(folded.bits() == 512);
  for (std::size_t r = 0; r < words.size(); ++r) {
    for (std::size_t w = 0; w < 8; ++w) {
      REQUIRE(folded.row(r)[w] == (plain.row(r)[w] ^ plain.row(r)[w + 8]));
    }
  }
  const BloomEncodings balanced = encode(words, {.balance = true}).encodings;
  CHECK(balanced.bits() == 2048);
  for (std::size_t r = 1; r < words.size(); ++r) {
    REQUIRE(balanced.ones(r) == 1024);
    // 1 - Hamming distance / l
    std::uint32_t differ = 0;
    for (std::size_t w = 0; w < 16; ++w) {
      differ += static_cast<std::uint32_t>(std::popcount(plain.row(0)[w] ^ plain.row(r)[w]));
    }
    REQUIRE(dice_similarity(balanced.row(0), balanced.row(r)) == Approx(1 - differ / 1024.0));
  }
  // Diffusion is linear and balanced: about half of the bits are set.
  const BloomEncodings diffused = encode(words, {.diffusion = 9}).encodings;
  CHECK(mean_ones(diffused) == Approx(512).epsilon(0.03));
  CHECK(diffused == encode(words, {.diffusion = 9}).encodings);
}

TEST_CASE("noise flips as many bits as its epsilon says, and the same again") {
  const std::vector<std::string> words = random_words(400, 7);
  BloomOptions options{.hashes = 10};
  const BloomEncodings plain = encode(words, options).encodings;
  options.noise_epsilon = 20;
  options.noise_secret = "sixteen bytes or so";
  const BloomEncoded noisy = encode(words, options);
  const double flip = 1 / (1 + std::exp(2.0));
  CHECK(noisy.report.flip_probability == Approx(flip));
  double flipped = 0;
  for (std::size_t r = 0; r < words.size(); ++r) {
    for (std::size_t w = 0; w < 16; ++w) {
      flipped += std::popcount(plain.row(r)[w] ^ noisy.encodings.row(r)[w]);
    }
  }
  CHECK(flipped / (400 * 1024) == Approx(flip).epsilon(0.02));
  CHECK(encode(words, options).encodings == noisy.encodings);
  options.noise_secret += "!";
  CHECK_FALSE(encode(words, options).encodings == noisy.encodings);
}

TEST_CASE("filters of their own give each field its share of the bits") {
  Records records({"given", "family"});
  const std::string_view both[] = {"ada", "lovelace"}, given[] = {"ada", ""};
  REQUIRE(records.add(both).has_value());
  REQUIRE(records.add(given).has_value());
  const LinkSchema schema{
      .fields = {{"given", FieldType::given_name}, {"family", FieldType::family_name}}};
  const BloomEncoded out =
      encode_records(records, schema, key, {.layout = BloomLayout::by_field, .weights = {1, 3}});
  CHECK(out.report.fields[0].hashes == 15);
  // 1 / (1 - 2^(-1 / (15 * 7))): a name of six letters has seven padded bigrams.
  CHECK(out.report.fields[0].bits == 152);
  CHECK(out.encodings.ones(1) < 256);  // a quarter of the bits, not all set
  CHECK(out.encodings.ones(0) > 2 * out.encodings.ones(1));
}

TEST_CASE("rows follow their records, by any number of threads and any kernels") {
  const GeneratedIdentities made = generate_identities({.persons = 2500});
  const LinkSchema schema{.fields = {{"full_name", FieldType::full_name},
                                     {"birth_date", FieldType::birth_date},
                                     {"email", FieldType::email},
                                     {"phone", FieldType::phone},
                                     {"address", FieldType::address},
                                     {"country", FieldType::country}}};
  const BloomEncodings rows = encode_records(made.records, schema, key).encodings;
  ThreadPool pool(3);
  const Context context{.executor = &pool, .kernels = &native_kernels()};
  CHECK(encode_records(made.records, schema, key, {}, context).encodings == rows);

  std::vector<std::string> columns(made.records.columns().begin(), made.records.columns().end());
  Records turned(columns);
  std::vector<std::string_view> values(columns.size());
  for (std::size_t r = made.records.size(); r-- > 0;) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      values[c] = made.records.value(id_at<Record>(r), c);
    }
    REQUIRE(turned.add(values).has_value());
  }
  const BloomEncodings backward = encode_records(turned, schema, key).encodings;
  bool same = true;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    same &= std::ranges::equal(rows.row(r), backward.row(rows.size() - 1 - r));
  }
  CHECK(same);

  const EncodingLinkage one = link_encodings(rows, backward, {.threshold = 0.9});
  const EncodingLinkage many = link_encodings(rows, backward, {.threshold = 0.9}, context);
  CHECK(one.pairs == many.pairs);
  CHECK(one.pairs.size() > rows.size() / 2);
  const EncodingLinkOptions lsh{.threshold = 0.9, .compare_all_below = 0};
  const EncodingLinkage sampled = link_encodings(rows, backward, lsh, context);
  CHECK(sampled.pairs == link_encodings(rows, backward, lsh).pairs);
  CHECK(sampled.report.compared < one.report.compared);
  CHECK(10 * sampled.pairs.size() > 9 * one.pairs.size());
}

TEST_CASE("links equal those of brute force") {
  const std::vector<std::string> words = random_words(300, 5);
  std::vector<std::string> theirs = words;
  for (std::size_t i = 0; i < theirs.size(); i += 2) theirs[i][2] = 'q';
  for (const std::uint32_t bits : {64U, 192U, 1024U, 1088U}) {
    const BloomEncodings a = encode(words, {.bits = bits}).encodings;
    const BloomEncodings b = encode(theirs, {.bits = bits}).encodings;
    std::vector<EncodedPair> expected;
    for (std::uint32_t x = 0; x < a.size(); ++x) {
      for (std::uint32_t y = 0; y < b.size(); ++y) {
        std::uint32_t common = 0;
        for (std::size_t w = 0; w < a.words(); ++w) {
          common += static_cast<std::uint32_t>(std::popcount(a.row(x)[w] & b.row(y)[w]));
        }
        const float dice =
            2 * static_cast<float>(common) / static_cast<float>(a.ones(x) + b.ones(y));
        REQUIRE(static_cast<float>(dice_similarity(a.row(x), b.row(y))) == Approx(dice));
        if (dice >= 0.75F) expected.push_back({x, y, dice});
      }
    }
    const EncodingLinkOptions options{.threshold = 0.75, .matching = EncodingMatching::threshold};
    CHECK(link_encodings(a, b, options).pairs == expected);
    CHECK(link_encodings(a, b, options, {.kernels = &native_kernels()}).pairs == expected);

    std::stable_sort(expected.begin(), expected.end(),
                     [](auto& l, auto& r) { return l.similarity > r.similarity; });
    std::vector<bool> ours(a.size()), used(b.size());
    std::erase_if(expected, [&](const EncodedPair& pair) {
      if (ours[pair.ours] || used[pair.theirs]) return true;
      return !(ours[pair.ours] = used[pair.theirs] = true);
    });
    std::sort(expected.begin(), expected.end(), [](auto& l, auto& r) { return l.ours < r.ours; });
    CHECK(link_encodings(a, b, {.threshold = 0.75}).pairs == expected);
  }
}

TEST_CASE("encodings are saved and loaded, and hold no text") {
  const BloomEncodings rows = encode({"lovelace", "king", ""}).encodings;
  const std::vector<std::byte> bytes = rows.save();
  CHECK(*BloomEncodings::load(bytes) == rows);
  CHECK(*BloomEncodings::load(BloomEncodings{}.save()) == BloomEncodings{});
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(text.find("love") == std::string::npos);
  CHECK(text.find("thirty") == std::string::npos);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 11) {
    CHECK_FALSE(BloomEncodings::load(std::span(bytes).first(cut)).has_value());
  }
  CHECK_THROWS_AS(BloomEncodings(100, 0, {}), Exception);
  CHECK_THROWS_AS(BloomEncodings(128, 0, {1, 2, 3}), Exception);
}

TEST_CASE("no error of privacy shows a value or a key") {
  const auto error_of = [](auto&& call) {
    try {
      call();
    } catch (const Exception& error) {
      CHECK(error.code() == ErrorCode::invalid_option);
      return std::string(error.what());
    }
    FAIL("nothing was thrown");
    return std::string();
  };
  const Records records = one_column("name", {"lovelace"});
  const auto wrong = [&](const BloomOptions& options, const LinkSchema& schema = name_schema) {
    const std::string what = error_of([&] { (void)encode_records(records, schema, key, options); });
    CHECK(what.find("lovelace") == std::string::npos);
    CHECK(what.find("hush") == std::string::npos);
  };
  wrong({.bits = 32});
  wrong({.bits = 100});
  wrong({.bits = 131072});
  wrong({.hashes = 1001});
  wrong({.ngram = 0});
  wrong({.ngram = 5});
  wrong({.weights = {1, 2}});
  wrong({.weights = {0}});
  wrong({.weights = {std::nan("")}});
  wrong({.noise_epsilon = -1});
  wrong({.noise_epsilon = 1, .noise_secret = "hush"});
  wrong({.diffusion = 1});
  wrong({.diffusion = 65});
  wrong({.bits = 192, .xor_fold = true});
  wrong({}, {});
  wrong({}, {.fields = {{"surname", FieldType::family_name}}});
  const BloomEncodings rows = encode({"x"}).encodings;
  for (const EncodingLinkOptions& options :
       {EncodingLinkOptions{.threshold = 1.5}, EncodingLinkOptions{.threshold = -1},
        EncodingLinkOptions{.matching = EncodingMatching::threshold},
        EncodingLinkOptions{.sample_bits = 3}, EncodingLinkOptions{.samples = 5000},
        EncodingLinkOptions{.recall = 1}, EncodingLinkOptions{.max_bucket = 0}}) {
    error_of([&] { (void)link_encodings(rows, rows, options); });
  }
}

TEST_CASE("any bytes are encoded") {
  std::vector<std::string> values{std::string(1 << 20, 'a'), "\xff\xfe\x80", std::string(3, '\0'),
                                  "王伟", "\xe7"};
  for (const FieldType type :
       {FieldType::full_name, FieldType::address, FieldType::email, FieldType::phone,
        FieldType::birth_date, FieldType::text, FieldType::list, FieldType::region}) {
    const Records records = one_column("x", values);
    const BloomEncoded out = encode_records(records, {.fields = {{"x", type}}}, key);
    CHECK(out.encodings.size() == values.size());
  }
  CHECK(encode({}).encodings.size() == 0);
  CHECK(link_encodings(encode({}).encodings, encode({"a"}).encodings).pairs.empty());
}

}  // namespace
