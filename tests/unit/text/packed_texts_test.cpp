// Many pairs of a dictionary at once: every kernel against the functions for one pair, to the bit.

#include "emptor/text/packed_texts.hpp"

#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/text/similarity.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

/// All pairs of the dictionary by the kernels of every instruction set of this machine.
void check_all_pairs(const std::vector<std::string>& texts) {
  PackedTexts packed;
  packed.reserve(texts.size());
  for (const std::string& text : texts) packed.add(text);
  REQUIRE(packed.size() == texts.size());
  std::vector<std::uint32_t> a, b;
  std::vector<float> winkler;
  std::vector<std::uint8_t> distances;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    for (std::uint32_t j = 0; j < texts.size(); ++j) {
      a.push_back(i);
      b.push_back(j);
      winkler.push_back(static_cast<float>(jaro_winkler_similarity(texts[i], texts[j])));
      distances.push_back(static_cast<std::uint8_t>(
          std::min<std::size_t>(levenshtein_distance(texts[i], texts[j]), 255)));
    }
  }
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    CHECK((kernels->text == nullptr) == (isa == Isa::portable));
    INFO("isa " << static_cast<int>(isa));
    std::vector<float> similarity_out(a.size(), -1);
    std::vector<std::uint8_t> distance_out(a.size(), 77);
    jaro_winkler_similarities(packed, a, b, similarity_out, kernels);
    levenshtein_distances(packed, a, b, distance_out, kernels);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (similarity_out[i] == winkler[i] && distance_out[i] == distances[i]) continue;
      if (++wrong > 5) continue;
      UNSCOPED_INFO("'" << texts[a[i]] << "' '" << texts[b[i]] << "': " << similarity_out[i]
                        << " for " << winkler[i] << ", " << int{distance_out[i]} << " for "
                        << int{distances[i]});
    }
    CHECK(wrong == 0);
  }
}

/// Texts of `shortest` to `longest` letters of an alphabet, half of them with a slip in the last.
std::vector<std::string> random_texts(std::size_t count, std::size_t shortest, std::size_t longest,
                                      std::size_t alphabet, std::uint64_t seed) {
  std::vector<std::string> texts;
  for (std::size_t t = 0; t < count; ++t) {
    RandomStream random(seed, t);
    const auto below = [&](std::size_t n) {
      return static_cast<std::size_t>(random.uniform(0, static_cast<double>(n)));
    };
    std::string text = t % 2 == 1 ? texts.back() : "";
    const std::size_t length = shortest + below(longest - shortest + 1);
    if (t % 2 == 0) {
      for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('a' + below(alphabet));
    } else if (text.size() > 1) {
      const std::size_t at = below(text.size() - 1);
      if (t % 4 == 1) std::swap(text[at], text[at + 1]);
      if (t % 4 == 3) text.erase(at, 1);
    }
    texts.push_back(text);
  }
  return texts;
}

TEST_CASE("Kernels equal the single pair on short texts") {
  check_all_pairs(random_texts(150, 0, 16, 3, 1));
  check_all_pairs(random_texts(150, 0, 16, 26, 2));
  check_all_pairs(random_texts(77, 0, 5, 2, 3));
  check_all_pairs(random_texts(101, 14, 18, 4, 4));
}

TEST_CASE("Kernels equal the single pair on longer texts") {
  check_all_pairs(random_texts(130, 0, 34, 4, 5));
  check_all_pairs(random_texts(121, 17, 32, 8, 6));
  check_all_pairs(random_texts(90, 28, 70, 5, 7));
}

TEST_CASE("Kernels equal the single pair on awkward texts") {
  check_all_pairs({"",
                   "a",
                   "ab",
                   "ba",
                   "MARTHA",
                   "MARHTA",
                   "DIXON",
                   "DICKSONX",
                   "müller",
                   "muller",
                   "mueller",
                   "王小明",
                   "王明小",
                   "a\xFF",
                   "a\xFE",
                   std::string("a\0b", 3),
                   std::string("\0", 1),
                   "ß",
                   "ÿ",
                   "żółć",
                   std::string(16, 'x'),
                   std::string(17, 'x'),
                   std::string(32, 'x'),
                   std::string(33, 'x'),
                   std::string(64, 'x'),
                   std::string(65, 'x'),
                   std::string(300, 'x'),
                   std::string(300, 'y'),
                   "abcdefghijklmnop",
                   "abcdefghijklmnopq",
                   "ponmlkjihgfedcba",
                   "abcdefghijklmnopqrstuvwxyzabcdef",
                   "fedcbazyxwvutsrqponmlkjihgfedcba"});
  std::vector<std::string> many_symbols;
  for (char32_t c = 0x4E00; c < 0x4E00 + 200; ++c) {
    std::string text;
    append_utf8(text, c);
    append_utf8(text, c % 2 == 0 ? c - 5 : U'王');
    many_symbols.push_back(text);
  }
  check_all_pairs(many_symbols);
}

TEST_CASE("Packed texts can be read again") {
  PackedTexts packed;
  const std::vector<std::string> texts{
      "smith", "", "żółć", "王小明", std::string(40, 'a'), std::string(100, 'b'), "x@y.example"};
  for (const std::string& text : texts) packed.add(text);
  for (std::uint32_t id = 0; id < texts.size(); ++id) {
    std::string text;
    packed.append_text(id, text);
    CHECK(text == texts[id]);
  }
  CHECK(packed.loose_count() == 1);
}

TEST_CASE("Pairs of packed texts must fit their results") {
  PackedTexts packed;
  packed.add("a");
  const std::vector<std::uint32_t> one{0}, two{0, 0};
  std::vector<float> out(1);
  std::vector<std::uint8_t> distances(2);
  CHECK_THROWS_AS(jaro_winkler_similarities(packed, one, two, out), Exception);
  CHECK_THROWS_AS(levenshtein_distances(packed, one, one, distances), Exception);
  jaro_winkler_similarities(packed, {}, {}, {});
}

}  // namespace
